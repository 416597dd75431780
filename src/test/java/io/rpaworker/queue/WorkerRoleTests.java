package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.counts.QueueRecount;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A worker whose role has not migrated, where new functions are not open to all: the migrations open those that it
 * calls. Its rights on tables are tried by all tests of this package.
 */
class WorkerRoleTests {

    private final RpaDb db = Postgres.empty();
    private final QueueParts queue = QueueParts.over(db);

    @BeforeEach
    void migrate() {
        WorkerRole.setUp(db);
        db.execute("alter default privileges for role " + WorkerRole.MIGRATOR
                + " revoke execute on functions from public; alter default privileges for role " + WorkerRole.MIGRATOR
                + " revoke usage on types from public");
        Postgres.migrateAsMigrator(db);
        db.insertReplica("a");
        db.insertPending("f", 3);
    }

    @Test
    void claimsAndCompletes() {
        // A bound that cuts, so that the function is not only named.
        Claim claim = queue.claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1, null, Partition.ALL));
        List<Long> ids = claim.records().stream().map(ClaimedRecord::id).toList();

        assertThat(ids).containsExactly(1L);
        assertThat(queue.completions().complete(claim.id(), ids, Map.of()).ids())
                .containsExactly(1L);
    }

    @Test
    void claimsWithoutPayloadsAndReadsThem() {
        var request = new ClaimRequest(UUID.randomUUID(), "a", "f", "f", 10, 1_000, null, Partition.ALL, true);

        assertThat(queue.claim(request).records())
                .extracting(ClaimedRecord::payload)
                .containsExactly("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}");
    }

    // Its triggers' functions nobody calls by himself.
    @Test
    void addsAndCountsAnew() {
        queue.intake().add("f", List.of(NewRecord.of("{}")));
        db.jdbc()
                .sql("update processing_queue set status = 'failed' where id = 1")
                .update();
        db.jdbc().sql("insert into queue_total values ('f', 3)").update();

        assertThat(queue.recount().recount(Duration.ofMinutes(1)))
                .containsExactly(new QueueRecount.Difference("f", 7, 4));
    }
}
