package io.rpaworker.worker.inflight;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.flow.Partition;
import io.rpaworker.history.Tallies;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** What is told to the database later. */
class ClaimCleanupTests {

    private final RpaDb db = Postgres.migrated();
    private final QueueParts queue = QueueParts.over(db.dataSource());
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final ClaimCleanup cleanup = new ClaimCleanup(
            queue.bookedClaims(), queue.releases(), new FlowMeters(registry, new Tallies().of("f"), "f"));
    private final UUID claimId = UUID.randomUUID();

    @BeforeEach
    void records() {
        db.insertReplica("a");
        db.insertPending("f", 3);
    }

    @Test
    void releasesAndForgetsAClaimWhoseAnswerWasLost() {
        claim();
        cleanup.unanswered(claimId, "a", "f");

        cleanup.tell();

        assertThat(db.count("f", "pending")).isEqualTo(3);
        assertThat(claimRows()).isZero();
        assertThat(released()).isEqualTo(3);
    }

    @Test
    void eightClaimsThatAreOverAreWorthAStatement() {
        for (int i = 0; i < 7; i++) {
            cleanup.over(UUID.randomUUID());
        }
        assertThat(cleanup.areMany()).isFalse();

        cleanup.over(UUID.randomUUID());
        assertThat(cleanup.areMany()).isTrue();

        cleanup.tell();
        assertThat(cleanup.areMany()).isFalse();
    }

    @Test
    void releasesWhatPostgresHasForgottenToBeSettled() {
        claim();
        db.jdbc()
                .sql("update processing_claim set claimed_at = now() - interval '2 minutes'")
                .update();

        cleanup.reconcile("a", "f", claimId::equals);
        assertThat(db.count("f", "processing")).as("the replica is still at it").isEqualTo(3);

        cleanup.reconcile("a", "f", other -> false);
        cleanup.tell();
        assertThat(db.count("f", "pending")).isEqualTo(3);
        assertThat(claimRows()).isZero();
    }

    @Test
    void leavesAClaimAloneWhoseAnswerMayBeOnItsWay() {
        claim();

        cleanup.reconcile("a", "f", other -> false);

        assertThat(db.count("f", "processing")).isEqualTo(3);
    }

    @Test
    void waitsForAClaimThatIsStillUnderWayWhenItsAnswerIsGivenUp() {
        cleanup.unanswered(claimId, "a", "f");

        CompletableFuture<Void> telling = queue.transaction().execute(stillOpen -> {
            claim();
            var told = runAsync(cleanup::tell);
            Awaitility.await().until(() -> told.isDone() || waiting() == 1);
            assertThat(told).isNotDone();
            return told;
        });

        assertThat(telling).succeedsWithin(Duration.ofSeconds(10));
        assertThat(db.count("f", "pending")).isEqualTo(3);
    }

    @Test
    void aClaimThatArrivesAfterItWasGivenUpDoesNotHappen() {
        cleanup.unanswered(claimId, "a", "f");
        cleanup.tell();

        assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(this::claim);

        assertThat(db.count("f", "pending")).isEqualTo(3);
    }

    @Test
    void aRecordThatCouldNotBeSettledIsReleasedAndItsClaimForgotten() {
        Claim claim = claim();
        cleanup.abandoned(claimId, List.of(claim.records().getFirst().id()));
        cleanup.over(claimId);

        cleanup.tell();

        assertThat(db.count("f", "pending")).isEqualTo(1);
        assertThat(claimRows()).isEqualTo(1);
    }

    private Claim claim() {
        return queue.claim(new ClaimRequest(claimId, "a", "f", 10, 16_000_000, null, Partition.ALL));
    }

    private int waiting() {
        return number("select count(*) from pg_stat_activity"
                + " where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0");
    }

    private long released() {
        return registry.get("rpa.record.process")
                .tag("outcome", "released")
                .timer()
                .count();
    }

    private int claimRows() {
        return number("select count(*) from processing_claim");
    }

    private int number(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
