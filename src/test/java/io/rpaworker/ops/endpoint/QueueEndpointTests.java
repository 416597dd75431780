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

    @Test
    void countsAllFlows() {
        Answer answer = get("");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"total_records\":15,\"pending_records\":4,\"processing_records\":3,"
                                + "\"completed_records\":7,\"failed_records\":1,\"other_records\":0,\"by_flow\":{"
                                + "\"rpa1\":{\"total\":10,\"pending\":4,\"processing\":3,\"completed\":2,\"failed\":1,\"other\":0},"
                                + "\"rpa2\":{\"total\":5,\"pending\":0,\"processing\":0,\"completed\":5,\"failed\":0,\"other\":0}}}");
    }

    @Test
    void countsOneFlow() {
        assertThat(get("?flow=rpa2").body())
                .isEqualTo(
                        "{\"total_records\":5,\"pending_records\":0,\"processing_records\":0,"
                                + "\"completed_records\":5,\"failed_records\":0,\"other_records\":0,\"by_flow\":{"
                                + "\"rpa2\":{\"total\":5,\"pending\":0,\"processing\":0,\"completed\":5,\"failed\":0,\"other\":0}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpa3", "%27%20or%20true%20--", "rpa"})
    void aFlowThatDoesNotExistHasZeros(String flow) {
        Answer answer = get("?flow=" + flow);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/total_records").asInt()).isZero();
        assertThat(answer.at("/pending_records").asInt()).isZero();
        assertThat(answer.at("/completed_records").asInt()).isZero();
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
