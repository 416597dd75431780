package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A worker whose role has not migrated, where new functions are not open to all. */
class WorkerRoleTests {

    private final RpaDb db = Postgres.empty();

    @Test
    void claimsAndCompletes() throws SQLException {
        db.jdbc()
                .sql("alter default privileges revoke execute on functions from public")
                .update();
        Postgres.migrate(db.url());
        db.insertReplica("a");
        db.insertPending("f", 3);

        asWorker(queue -> {
            // A bound that cuts, so that the function is not only named.
            Claim claim =
                    queue.claims().claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1, null, Partition.ALL));
            List<Long> ids = claim.records().stream().map(ClaimedRecord::id).toList();

            assertThat(ids).containsExactly(1L);
            assertThat(queue.settlements().complete(claim.id(), ids, Map.of()).ids())
                    .containsExactly(1L);
        });
    }

    @Test
    void doesItsChores() throws SQLException {
        db.jdbc()
                .sql("alter default privileges revoke execute on functions from public")
                .update();
        Postgres.migrate(db.url());
        db.insertReplica("dead");
        db.insert("f", "failed", 6);
        db.insert("f", "completed", 1);
        db.insert("f", "processing", 1);

        asWorker(queue -> {
            var replica = new Replica("a", "test", "1");
            queue.leases().register(replica, Duration.ofMinutes(1));
            queue.leases().renew(replica, Duration.ofMinutes(1));
            queue.intake().add("f", List.of(NewRecord.of("{}")));
            queue.claims().claim(new ClaimRequest(UUID.randomUUID(), "dead", "f", 1, 1, null, Partition.ALL));
            db.expireLease("dead");

            assertThat(queue.orphans().declareDead()).isEqualTo(1);
            assertThat(queue.orphans().recover(3)).hasSize(1);
            assertThat(queue.orphans().acquit()).isZero();
            assertThat(queue.unfencedOrphans()
                            .recover("f", Duration.ZERO, 3, "ada")
                            .records())
                    .isEqualTo(1);
            assertThat(queue.deadLetterActions().retryWithCanary(DeadLetterFilter.ofFlow("f"), 1, "ada"))
                    .isEqualTo(1);
            queue.canaries().watchOnce();
            assertThat(queue.deadLetterActions().purge(DeadLetterFilter.ofFlow("f"), "ada"))
                    .isEqualTo(5);
            assertThat(queue.retries().promote(List.of("f"))).isZero();
            var terms = new Retention.Terms(
                    Duration.ZERO, Duration.ZERO, null, queue.retention().lastAdopted(), List.of("f"));
            assertThat(queue.oldRecords()
                            .delete(queue.oldRecords().look(0, terms).old(), terms))
                    .isEqualTo(new OldRecords.Left(Set.of(), Set.of()));
            queue.retention().purge(Long.MIN_VALUE, terms, List.of());
            queue.retention().purgeReplicas();
            queue.counts().fold();
            db.jdbc().sql("insert into queue_total values ('f', 3)").update();
            assertThat(queue.recount().recount(Duration.ofMinutes(1))).hasSize(1);
            queue.leases().end(replica);
            assertThat(queue.counts().byFlow()).containsKey("f");
        });
    }

    // With the rights of docs/dba.md, and no others.
    private void asWorker(Consumer<QueueParts> work) throws SQLException {
        WorkerRole.create(db);
        WorkerRole.grant(db);
        try (Connection connection = db.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set role " + WorkerRole.WORKER);
            work.accept(QueueParts.over(new SingleConnectionDataSource(connection, true)));
            session.execute("reset role");
        }
    }
}
