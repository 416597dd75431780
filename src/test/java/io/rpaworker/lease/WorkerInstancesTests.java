package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** Leases by PostgreSQL's clock, which here is decades behind the JVM's and moves only when it is told to. */
class WorkerInstancesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestClock CLOCK = TestClock.of(DB);
    private static final QueueParts QUEUE = QueueParts.over(CLOCK.workerDataSource());

    private static final WorkerInstance A = new WorkerInstance("a", "host", "1");
    private static final WorkerInstance B = new WorkerInstance("b", "host", "1");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final WorkerInstances instances = QUEUE.leases();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void aLeaseHoldsForItsTime() {
        instances.register(A, LEASE, Map.of());
        DB.insertPending("f", 2);

        CLOCK.advance(LEASE.minusMillis(1));
        assertThat(claimed()).isEqualTo(1);

        CLOCK.advance(Duration.ofMillis(1));
        assertThat(claimed()).isZero();
    }

    @Test
    void renewingCountsFromTheRenewal() {
        instances.register(A, LEASE, Map.of());

        CLOCK.advance(LEASE.minusMillis(1));
        assertThat(instances.renew(A, LEASE)).isTrue();
        CLOCK.advance(LEASE.minusMillis(1));
        assertThat(instances.renew(A, LEASE)).isTrue();
    }

    @Test
    void whatRanOutIsNeverRenewedAlthoughNobodyHasNoticed() {
        instances.register(A, LEASE, Map.of());

        CLOCK.advance(LEASE);

        assertThat(instances.renew(A, LEASE)).isFalse();
        assertThat(QUEUE.orphans().declareDead()).isZero();
        CLOCK.advance(Duration.ofMillis(1));
        assertThat(QUEUE.orphans().declareDead()).isEqualTo(1);
    }

    @Test
    void whatWasEndedIsNeitherRenewedNorDead() {
        instances.register(A, LEASE, Map.of());
        instances.end(A);
        instances.end(A);

        assertThat(instances.renew(A, LEASE)).isFalse();
        CLOCK.advance(LEASE.multipliedBy(2));
        assertThat(QUEUE.orphans().declareDead()).isZero();
        assertThat(crashed()).containsExactly(false);
    }

    @Test
    void whoEndsItsLeaseItselfHasNotCrashedWhateverOthersTookItFor() {
        instances.register(A, LEASE, Map.of());
        CLOCK.advance(LEASE.multipliedBy(2));
        QUEUE.orphans().declareDead();
        assertThat(crashed()).containsExactly(true);

        instances.end(A);

        assertThat(crashed()).containsExactly(false);
        assertThat(instances.renew(A, LEASE)).isFalse();
    }

    @Test
    void eachReplicaHasALeaseOfItsOwn() {
        instances.register(A, LEASE, Map.of());
        instances.register(B, LEASE, Map.of());
        CLOCK.advance(LEASE.dividedBy(2));
        instances.renew(B, LEASE);
        CLOCK.advance(LEASE.dividedBy(2));

        assertThat(instances.renew(A, LEASE)).isFalse();
        assertThat(instances.renew(B, LEASE)).isTrue();
    }

    @Test
    void anIdentityIsTakenOnce() {
        instances.register(A, LEASE, Map.of());

        assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> instances.register(A, LEASE, Map.of()));
    }

    @Test
    void anUnknownReplicaHasNoLease() {
        assertThat(instances.renew(A, LEASE)).isFalse();
    }

    private static int claimed() {
        return QUEUE.claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 1, 1_000, null, Partition.ALL))
                .records()
                .size();
    }

    private static List<Boolean> crashed() {
        return DB.jdbc()
                .sql("select crashed from worker_instance order by id")
                .query(Boolean.class)
                .list();
    }
}
