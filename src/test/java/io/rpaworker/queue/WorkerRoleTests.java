package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        for (String sql : List.of(
                "create role claimer",
                "grant select, insert, update, delete on all tables in schema public to claimer",
                "grant usage on all sequences in schema public to claimer")) {
            db.jdbc().sql(sql).update();
        }
        db.insertReplica("a");
        db.insertPending("f", 3);

        try (Connection connection = db.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set role claimer");
            var queue = QueueParts.over(new SingleConnectionDataSource(connection, true));
            // A bound that cuts, so that the function is not only named.
            Claim claim =
                    queue.claims().claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1, null, Partition.ALL));
            List<Long> ids = claim.records().stream().map(ClaimedRecord::id).toList();

            assertThat(ids).containsExactly(1L);
            assertThat(queue.settlements().complete(claim.id(), ids, Map.of())).containsExactly(1L);
            session.execute("reset role");
        }
    }
}
