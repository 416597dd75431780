package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Settlements.Failure;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * What PostgreSQL does for the statements of the hot path on a million rows: auto_explain tells the plan that was
 * really used, with the parameters as the driver sends them. A sequential scan of the queue, or a sort of it, fails.
 */
class PlanTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Pattern PLAN = Pattern.compile("Seq Scan on processing_queue|external merge");
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");
    private static final int BUFFERS_PER_RECORD = 12;
    // What puts a record back into the waiting index, or into that of the failures.
    private static final int BUFFERS_PER_INDEXED_RECORD = 16;

    @BeforeAll
    static void aMillionRows() {
        DB.insertReplica("a");
        DB.jdbc().sql("""
                        insert into processing_queue (flow_name, payload)
                        select case when n % 2 = 0 then 'f' else 'other' end, jsonb_build_object('n', n)
                        from generate_series(1, 1000000) n
                        """).update();
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1000, true", "1, false", "1000, false"})
    void claimsAndSettlesByIndex(int batch, boolean analyzed) throws SQLException {
        statistics(analyzed);
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            var claims = new Claims(explained.jdbc());
            var settlements = new Settlements(explained.jdbc(), JsonMapper.shared());

            // More than five times each, so that the server may come to prefer a generic plan.
            for (int round = 0; round < 8; round++) {
                Claim claim = claims.claim(
                        new ClaimRequest(UUID.randomUUID(), "a", "f", batch, 16_000_000, null, Partition.ALL));
                assertThat(claim.records()).hasSize(batch);
                explained.assertIndexed("claim", batch, BUFFERS_PER_RECORD);
                settle(round, settlements, claim);
                explained.assertIndexed(
                        "settle", batch, round % 4 < 2 ? BUFFERS_PER_RECORD : BUFFERS_PER_INDEXED_RECORD);
            }
        }
    }

    private static void settle(int round, Settlements settlements, Claim claim) {
        List<Long> ids = claim.records().stream().map(Claim.ClaimedRecord::id).toList();
        switch (round % 4) {
            case 0 -> settlements.complete(claim.id(), ids, Map.of());
            case 1 ->
                settlements.complete(
                        claim.id(), ids, ids.stream().collect(Collectors.toMap(id -> id, id -> "{\"r\": 1}")));
            case 2 ->
                settlements.fail(
                        claim.id(),
                        ids.stream()
                                .collect(Collectors.toMap(
                                        id -> id, id -> new Failure("x", FailureKind.ERROR, "f", null))));
            default -> settlements.release(claim.id(), ids);
        }
    }

    @Test
    void aPartitionReadsNoMoreThanItsShareOfTheIndex() throws SQLException {
        statistics(true);
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            new Claims(explained.jdbc())
                    .claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 100, 16_000_000, null, new Partition(2, 4)));
            explained.assertIndexed("claim of a partition", 100, BUFFERS_PER_RECORD);
        }
    }

    @Test
    void choresUseTheirIndexes() throws SQLException {
        statistics(true);
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            new Retries(explained.jdbc()).promote(List.of("f"));
            new Orphans(explained.jdbc()).recoverUnfenced("f", Duration.ofHours(1));
            new Orphans(explained.jdbc()).recover(3);
            DB.insertReplica("back");
            DB.jdbc()
                    .sql("update worker_instance set blamed = '{1, 2, 3}' where id = 'back'")
                    .update();
            new Orphans(explained.jdbc()).acquit();
            var always = new HashMap<String, @Nullable Instant>();
            List.of("f", "other", "none").forEach(flow -> always.put(flow, null));
            new DueFlows(explained.jdbc()).among(always);
            explained.assertNoScan("chores");
        }
    }

    // Replicas look all the time, and dead rows pile up for as long as the report runs.
    @Test
    void lookingForDueRecordsReadsNoDeadRowsBehindTheBound() throws SQLException {
        statistics(true);
        try (Connection report = DB.dataSource().getConnection();
                Connection connection = DB.dataSource().getConnection()) {
            report.setAutoCommit(false);
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            DB.insertPending("done", 10_000);
            try (var statement = report.createStatement()) {
                statement.execute("select 1 from processing_queue limit 1");
            }
            DB.jdbc()
                    .sql(
                            "update processing_queue set status = 'processing', claimed_at = now() where flow_name = 'done'")
                    .update();
            var explained = new Explained(connection);
            var dueFlows = new DueFlows(explained.jdbc());
            Instant asked = dueFlows.among(Map.of("none", Instant.EPOCH)).askedAt();
            explained.assertIndexed("a look at nothing", 0, 0);

            assertThat(dueFlows.among(Map.of("done", asked)).flows()).isEmpty();
            explained.assertIndexed("a look for due records", 0, 0);
        }
    }

    private static void statistics(boolean analyzed) {
        // Without statistics: as after an upgrade or a restore.
        DB.jdbc()
                .sql(
                        analyzed
                                ? "analyze processing_queue"
                                : "delete from pg_statistic where starelid = 'processing_queue'::regclass")
                .update();
    }

    /** A connection whose plans come back as notices. */
    private static final class Explained {

        private final List<String> plans = new ArrayList<>();
        private final JdbcClient jdbc;

        Explained(Connection connection) throws SQLException {
            for (String setting : List.of(
                    "load 'auto_explain'",
                    "set auto_explain.log_min_duration = 0",
                    "set auto_explain.log_analyze = on",
                    "set auto_explain.log_buffers = on",
                    "set auto_explain.log_timing = off",
                    "set auto_explain.log_level = notice")) {
                try (var statement = connection.createStatement()) {
                    statement.execute(setting);
                }
            }
            // The notices are the statement's, and gone with it.
            this.jdbc = JdbcClient.create(new JdbcTemplate(new SingleConnectionDataSource(connection, true)) {
                @Override
                protected void handleWarnings(Statement statement) throws SQLException {
                    for (var it = statement.getWarnings(); it != null; it = it.getNextWarning()) {
                        plans.add(String.valueOf(it.getMessage()));
                    }
                }
            });
        }

        JdbcClient jdbc() {
            return jdbc;
        }

        void assertNoScan(String what) {
            assertThat(plans).as(what).isNotEmpty();
            for (String plan : plans) {
                assertThat(PLAN.matcher(plan).find()).as("%s:%n%s", what, plan).isFalse();
            }
            plans.clear();
        }

        void assertIndexed(String what, int records, int perRecord) {
            for (String plan : plans) {
                Matcher buffers = BUFFERS.matcher(plan);
                assertThat(buffers.find()).as(plan).isTrue();
                assertThat(number(buffers.group(1)) + number(buffers.group(2)))
                        .as("%s:%n%s", what, plan)
                        .isLessThanOrEqualTo(100 + (long) records * perRecord);
            }
            assertNoScan(what);
        }

        private static long number(@Nullable String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }
    }
}
