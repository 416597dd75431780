package io.rpaworker.queue.counts;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueCountsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final QueueCounts counts = QueueParts.over(DB).counts();
    private final QueueParts queue = QueueParts.over(DB);

    @BeforeEach
    void empty() {
        DB.emptyQueue("a");
    }

    @Test
    void aStatusOfSomebodysOwnIsCountedApart() {
        DB.jdbc()
                .sql("alter table processing_queue drop constraint processing_queue_status_check")
                .update();
        try {
            DB.insertPending("f", 3);
            DB.insert("f", "skipped", 2);
            DB.jdbc()
                    .sql("update processing_queue set status = 'archived' where id = 1")
                    .update();
            DB.jdbc()
                    .sql("update processing_queue set status = 'completed' where id = 4")
                    .update();

            assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(2, 0, 1, 0, 2)));
        } finally {
            DB.jdbc().sql("truncate processing_queue").update();
            DB.jdbc()
                    .sql("alter table processing_queue add constraint processing_queue_status_check"
                            + " check (status in ('pending', 'processing', 'completed', 'failed'))")
                    .update();
        }
    }

    @Test
    void countsNothingInAnEmptyTable() {
        assertThat(counts.byFlow()).isEmpty();
        assertThat(counts.oldestAges()).isEmpty();
    }

    @Test
    void countsEveryStatusOfEveryFlow() {
        DB.insert("f", "pending", 4);
        DB.insert("f", "completed", 3);
        DB.insert("f", "failed", 2);
        DB.insert("g", "completed", 1);

        assertThat(counts.byFlow())
                .containsExactly(entry("f", new StatusCounts(4, 0, 3, 2)), entry("g", new StatusCounts(0, 0, 1, 0)));
    }

    @Test
    void countsWhatIsClaimedByUsAndByPythonWorkers() {
        DB.insertPending("f", 10);
        claim(3);
        sql("update processing_queue set status = 'processing', flow_instance_id = 'python', claimed_at = now()"
                + " where id in (4, 5)");

        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(5, 5, 0, 0)));

        sql("update processing_queue set status = 'completed', completed_at = now() where id = 4");
        sql("update processing_queue set status = 'failed', error_message = 'no' where id = 5");

        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(5, 3, 1, 1)));
    }

    @Test
    void countsRecordsOfAClaimByWhatBecameOfThem() {
        DB.insertPending("f", 4);
        Claim claim = claim(4);
        sql("update processing_queue set status = 'completed', completed_at = now() where id = 1");
        sql("update processing_queue set status = 'pending' where id = 2");
        sql("delete from processing_queue where id = 3");
        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(1, 1, 1, 0)));

        // Claimed anew while its former claim still has a row: counted once.
        claim(4);
        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(0, 2, 1, 0)));

        sql("update processing_queue set status = 'completed', completed_at = now() where status = 'processing'");
        QueueParts.over(DB).bookedClaims().forgetIfSettled(Set.of(claim.id()));
        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(0, 0, 3, 0)));
    }

    @Test
    void followsDeletesAndTruncates() {
        DB.insert("f", "completed", 5);
        DB.insert("f", "pending", 5);
        DB.insert("g", "failed", 2);

        sql("delete from processing_queue where flow_name = 'g' or (flow_name = 'f' and id % 2 = 0)");
        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(2, 0, 3, 0)));

        sql("truncate processing_queue");
        assertThat(counts.byFlow()).isEmpty();
    }

    @Test
    void followsAFlowThatIsRenamed() {
        DB.insert("f", "completed", 3);
        DB.insert("f", "pending", 2);

        sql("update processing_queue set flow_name = 'g' where id in (1, 2, 4)");

        assertThat(counts.byFlow())
                .containsExactly(entry("f", new StatusCounts(1, 0, 1, 0)), entry("g", new StatusCounts(1, 0, 2, 0)));
    }

    @Test
    void followsARollback() {
        DB.insert("f", "pending", 2);
        sql("do $$ begin insert into processing_queue (flow_name, payload) values ('f', '{}');"
                + " raise exception 'no'; exception when raise_exception then null; end $$");

        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(2, 0, 0, 0)));
    }

    @Test
    void foldingKeepsTheTotals() {
        for (int i = 0; i < 10; i++) {
            DB.insert("f", "completed", 2);
            DB.insert("g", "pending", 1);
        }
        DB.insert("gone", "completed", 3);
        sql("delete from processing_queue where flow_name = 'gone'");
        var before = counts.byFlow();

        counts.fold();

        assertThat(counts.byFlow()).isEqualTo(before).containsOnlyKeys("f", "g");
        assertThat(totals()).isEqualTo(2);
        counts.fold();
        assertThat(counts.byFlow()).isEqualTo(before);
    }

    @Test
    void aTruncateWaitsForAFoldThatIsStillOpen() {
        DB.insert("f", "completed", 2);
        DB.insert("f", "completed", 1);

        CompletableFuture<Void> truncating = QueueParts.over(DB).transaction().execute(status -> {
            QueueParts.over(DB).counts().fold();
            var truncate = runAsync(() -> sql("truncate processing_queue"));
            DB.awaitWaiter();
            return truncate;
        });

        assertThat(truncating).succeedsWithin(Duration.ofSeconds(10));
        assertThat(counts.byFlow()).isEmpty();
        assertThat(totals()).isZero();
    }

    @Test
    void tellsHowLongTheOldestDueRecordHasWaited() {
        DB.insertPending("f", 3);
        sql("update processing_queue set available_at = now() - interval '1 hour' where id = 2");
        sql("update processing_queue set available_at = now() + interval '1 hour' where id = 3");
        DB.insert("g", "completed", 1);

        assertThat(counts.oldestAges()).containsOnlyKeys("f");
        assertThat(counts.oldestAges().get("f")).hasMinutes(60);
    }

    // Before version 17 PostgreSQL cannot subtract it, and no flow would be counted any more.
    @Test
    void whatIsAvailableSinceForEverHasWaitedSinceItWasAdded() {
        DB.insertPending("f", 3);
        sql("update processing_queue set available_at = '-infinity', created_at = now() - interval '2 hours'"
                + " where id = 2");
        sql("update processing_queue set available_at = now() - interval '1 hour' where id = 3");

        assertThat(counts.oldestAges().get("f")).hasMinutes(120);
        assertThat(counts.byFlow()).containsExactly(entry("f", new StatusCounts(3, 0, 0, 0)));

        sql("update processing_queue set available_at = now() - interval '3 hours' where id = 1");
        assertThat(counts.oldestAges().get("f")).hasMinutes(180);
    }

    @ParameterizedTest
    @CsvSource({
        "-infinity, -infinity, -1",
        "-infinity, infinity, -1",
        "-infinity, 294276-12-31, 0",
        "infinity, -infinity, -1",
        "4713-01-01 BC, -infinity, 58000000"
    })
    void noTimeBlindsTheMonitoring(String availableAt, String createdAt, int hoursAtLeast) {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, available_at, created_at)"
                        + " values ('odd', '{}', cast(:available as timestamptz), cast(:created as timestamptz))")
                .param("available", availableAt)
                .param("created", createdAt)
                .update();
        DB.insertPending("f", 1);

        Duration age = counts.oldestAges().getOrDefault("odd", Duration.ofHours(-1));

        assertThat(age).isGreaterThanOrEqualTo(Duration.ofHours(hoursAtLeast));
        assertThat(age.isNegative()).isEqualTo(hoursAtLeast < 0);
        assertThat(counts.oldestAges()).containsKey("f");
        assertThat(counts.byFlow()).containsOnlyKeys("f", "odd");
    }

    // Of a hundred thousand flows it would write the same rows anew every few seconds.
    @Test
    void foldingLeavesAloneWhatIsFolded() {
        sql("insert into processing_queue (flow_name, payload) select 'f' || i, '{}' from generate_series(1, 50) i");
        DB.insert("f7", "completed", 2);
        List<String> before = places("f8");

        counts.fold();

        assertThat(totals()).isEqualTo(50);
        assertThat(places("f8")).isEqualTo(before);
        assertThat(counts.byFlow()).containsEntry("f7", new StatusCounts(1, 0, 2, 0));
    }

    @Test
    void foldsFlowsThatNobodyCouldFoldAtOnce() {
        sql("insert into queue_total select 'f' || i % 30000, 1 from generate_series(1, 120000) i");

        for (int round = 0; round < 3; round++) {
            counts.fold();
        }

        assertThat(totals()).isEqualTo(30_000);
        assertThat(DB.jdbc()
                        .sql("select min(records) = 4 and max(records) = 4 from queue_total")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    private static List<String> places(String flow) {
        return DB.jdbc()
                .sql("select ctid::text from queue_total where flow_name = :flow")
                .param("flow", flow)
                .query(String.class)
                .list();
    }

    private Claim claim(int limit) {
        Claim claim =
                queue.claim(new ClaimRequest(UUID.randomUUID(), "a", "f", limit, 1 << 20, null, new Partition(0, 1)));
        assertThat(claim.records()).extracting(ClaimedRecord::id).isNotEmpty();
        return claim;
    }

    private static void sql(String statement) {
        DB.jdbc().sql(statement).update();
    }

    private static int totals() {
        List<Integer> rows = DB.jdbc()
                .sql("select records from queue_total")
                .query(Integer.class)
                .list();
        return rows.size();
    }
}
