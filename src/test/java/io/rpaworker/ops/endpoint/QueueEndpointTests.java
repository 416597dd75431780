package io.rpaworker.ops.endpoint;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("server.port", "0")
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .start();

    @BeforeEach
    void fill() {
        DB.jdbc().sql("truncate processing_queue").update();
        DB.insert("rpa1", "pending", 4);
        DB.insert("rpa1", "processing", 3);
        DB.insert("rpa1", "completed", 2);
        DB.insert("rpa1", "failed", 1);
        DB.insert("rpa2", "completed", 5);
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    /** Counting millions takes seconds: a dashboard of each engineer's would have PostgreSQL do nothing else. */
    @Test
    void countsAnswerForSomeTimeInProportionToWhatTheyTook() {
        try (var worker = TestWorker.on(DB)
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("rpa.monitoring.count-reuse", "1000")
                .start()) {
            int before = Management.get(worker, "/actuator/queue")
                    .at("/total_records")
                    .asInt();
            DB.insert("rpa3", "pending", 1);

            Answer after = Management.get(worker, "/actuator/queue");
            assertThat(after.at("/total_records").asInt()).isEqualTo(before);
            assertThat(after.at("/age_seconds").isNumber()).isTrue();
            assertThat(Management.get(worker, "/actuator/queuemonitor")
                            .at("/overall_queue_status/age_seconds")
                            .isNumber())
                    .isTrue();
            assertThat(Management.get(worker, "/actuator/queue?flow=rpa3").status())
                    .as("a flow that has just come")
                    .isEqualTo(200);
            DB.insert("rpa4", "pending", 1);
            assertThat(Management.get(worker, "/actuator/diagnostics?flow_name=rpa4")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void countsAllFlows() {
        Answer answer = get("");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"total_records\":15,\"pending_records\":4,\"processing_records\":3,"
                        + "\"completed_records\":7,\"failed_records\":1,\"other_records\":0,\"by_flow\":{"
                        + "\"rpa1\":{\"total\":10,\"pending\":4,\"processing\":3,\"completed\":2,\"failed\":1,\"other\":0,"
                        + "\"processed_by\":[],\"oldest_due_seconds\":"
                        + answer.at("/by_flow/rpa1/oldest_due_seconds").asDouble()
                        + ",\"postponed\":0,\"retrying\":0,\"dead\":1},"
                        + "\"rpa2\":{\"total\":5,\"pending\":0,\"processing\":0,\"completed\":5,\"failed\":0,\"other\":0,"
                        + "\"processed_by\":[],\"postponed\":0,\"retrying\":0,\"dead\":0}}}");
    }

    @Test
    void countsOneFlow() {
        Answer answer = get("?flow=rpa2");

        assertThat(answer.text("/flow_name")).isEqualTo("rpa2");
        assertThat(answer.at("/total_records").asInt()).isEqualTo(5);
        assertThat(answer.at("/completed_records").asInt()).isEqualTo(5);
        assertThat(answer.at("/pending_records").asInt()).isZero();
        assertThat(answer.at("/by_flow").propertyNames()).containsExactly("rpa2");
    }

    @Test
    void tellsWhatWaitsForItsTime() {
        DB.jdbc()
                .sql(
                        "update processing_queue set available_at = now() + interval '1 hour'"
                                + " where id in (select id from processing_queue where flow_name = 'rpa1' and status = 'pending' limit 3)")
                .update();
        DB.insert("rpa1", "failed", 4);
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = now() + interval '1 hour'"
                        + " where id in (select id from processing_queue where status = 'failed' limit 2)")
                .update();

        Answer answer = get("?flow=rpa1");

        assertThat(answer.at("/by_flow/rpa1/pending").asInt()).isEqualTo(4);
        assertThat(answer.at("/by_flow/rpa1/postponed").asInt()).isEqualTo(3);
        assertThat(answer.at("/by_flow/rpa1/failed").asInt()).isEqualTo(5);
        assertThat(answer.at("/by_flow/rpa1/retrying").asInt()).isEqualTo(2);
        assertThat(answer.at("/by_flow/rpa1/dead").asInt()).isEqualTo(3);
    }

    @Test
    void saysWhoProcessesAFlowAndForHowLongItsRecordsWait() {
        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '5 minutes' where status = 'pending'")
                .update();
        DB.insertReplica("somebody");
        DB.jdbc()
                .sql("update worker_instance set handlers = '{\"rpa1\": {\"handler\": \"x.Y\"}}'")
                .update();

        Answer answer = get("");

        assertThat(answer.at("/by_flow/rpa1/processed_by")).hasSize(1);
        assertThat(answer.at("/by_flow/rpa2/processed_by")).isEmpty();
        assertThat(answer.at("/by_flow/rpa1/oldest_due_seconds").asDouble()).isBetween(300.0, 330.0);
        assertThat(answer.at("/by_flow/rpa2/oldest_due_seconds").isMissingNode())
                .isTrue();
        DB.jdbc().sql("delete from worker_instance").update();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpa3", "%27%20or%20true%20--", "rpa"})
    void aFlowThatNobodyKnowsIsNotFound(String flow) {
        Answer answer = get("?flow=" + flow);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/status")).isEqualTo("failed");
        assertThat(answer.text("/error_type")).isEqualTo("not_found");
        assertThat(answer.text("/error")).startsWith("There is no flow ");
    }

    /** It has a handler here, if no record yet. */
    @Test
    void aFlowThatIsConfiguredIsKnown() {
        Answer answer = get("?flow=survey_processor");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/total_records").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flw=rpa1", "FLOW=rpa1", "flow=rpa1&x=", "flow_name=rpa1"})
    void refusesAParameterThatItDoesNotKnow(String query) {
        Answer answer = get("?" + query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/error_type")).isEqualTo("invalid_parameter");
        assertThat(answer.text("/error")).endsWith("here; there is flow");
        assertThat(answer.text("/context/allowed/0")).isEqualTo("flow");
    }

    @Test
    void refusesAParameterThatIsGivenTwice() {
        Answer answer = get("?flow=rpa1&flow=rpa2");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/error")).isEqualTo("Parameter flow is given twice");
    }

    @Test
    void seesEveryChangeAtOnce() {
        DB.jdbc()
                .sql("update processing_queue set status = 'pending' where status = 'failed'")
                .update();

        assertThat(get("").at("/pending_records").asInt()).isEqualTo(5);
        assertThat(get("").at("/failed_records").asInt()).isZero();
    }

    /** With millions of records, a few who ask again and again would otherwise hold all connections of the claims. */
    @Test
    void countsOnceForAllWhoAskAndTellsThemWhatItKnowsMeanwhile() throws SQLException {
        get("");
        try (var callers = Executors.newVirtualThreadPerTaskExecutor();
                Connection connection = DB.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // Every count waits for this.
            statement.execute("lock table queue_total in access exclusive mode");
            List<CompletableFuture<Answer>> asked = Stream.generate(() -> supplyAsync(() -> get(""), callers))
                    .limit(8)
                    .toList();
            int most = 0;
            while (!asked.stream().allMatch(CompletableFuture::isDone)) {
                most = Math.max(most, waiting());
            }

            assertThat(most).isEqualTo(1);
            assertThat(asked).extracting(CompletableFuture::join).allSatisfy(it -> {
                assertThat(it.status()).isEqualTo(200);
                assertThat(it.at("/total_records").asInt()).isEqualTo(15);
                assertThat(it.at("/age_seconds").isNumber()).isTrue();
            });
        }
    }

    private static int waiting() {
        return DB.jdbc()
                .sql("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")
                .query(Integer.class)
                .single();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void canOnlyBeRead(String method) {
        assertThat(Management.ask(WORKER, true, method, "/actuator/queue").status())
                .isEqualTo(405);
    }

    @Test
    void isNotOnThePortOfThePages() {
        assertThat(Management.ask(WORKER, false, "GET", "/actuator/queue").status())
                .isEqualTo(404);
    }

    private static Answer get(String query) {
        return Management.get(WORKER, "/actuator/queue" + query);
    }
}
