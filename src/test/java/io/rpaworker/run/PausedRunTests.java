package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.handler.Runs;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.ops.action.FlowActions;
import io.rpaworker.ops.action.FlowOrder;
import io.rpaworker.ops.action.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The pause of a flow holds for what its runs have beside it. */
class PausedRunTests {

    private static final Actor ADA = new Actor("ada", "SurveyHub is being restored");

    private final RpaDb db = Postgres.migrated();
    private final TallyFlow flow = new TallyFlow();
    private final Semaphore permits = new Semaphore(0);

    @BeforeEach
    void tables() {
        TallyFlow.tables(db);
    }

    @AfterEach
    void letAllGoOn() {
        permits.release(10_000);
    }

    private TestWorker start() {
        return flow.on(db)
                .property("rpa.access.users-file", Passwords.fileOfEveryRole())
                .start();
    }

    private static long start(TestWorker worker, int records) {
        return worker.bean(Runs.class).start(TallyFlow.FLOW, Map.of("records", records));
    }

    private void holdAt(String held) {
        flow.before = step -> {
            if (step.equals(held)) {
                permits.acquireUninterruptibly();
            }
        };
    }

    private String state(long run) {
        return db.jdbc()
                .sql("select state from processing_run where id = :run")
                .param("run", run)
                .query(String.class)
                .single();
    }

    private void staysPending(String name, int records) {
        Awaitility.await()
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(15))
                .until(() -> db.count(name, "pending") == records);
    }

    private void until(String name, String status, int records) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> db.count(name, status) == records);
    }

    private static FlowOrder.Done order(TestWorker worker, String action, String name) {
        Integer wait = action.equals("drain") ? 1 : null;
        return worker.bean(FlowActions.class)
                .carryOut(new FlowOrder(action, name, null, wait, null), new Operator("ada", false));
    }

    private static Answer get(TestWorker worker, String path) {
        return Management.getAs("viewer", worker, "/actuator/" + path);
    }

    private static Answer post(TestWorker worker, String name, String action) {
        return Management.postAs(
                "operator",
                worker,
                "/actuator/flows",
                "{\"flow\": \"%s\", \"action\": \"%s\"}".formatted(name, action));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void oneThatIsStartedWhileItsFlowIsPausedIsNotDiscovered() {
        try (TestWorker worker = start()) {
            worker.bean(StandingOrders.class).pause(TallyFlow.FLOW, null, ADA);
            long run = start(worker, 3);

            staysPending("tally/run", 1);
            assertThat(state(run)).isEqualTo("discovering");
            assertThat(texts(get(worker, "runs/" + run).at("/why")))
                    .anyMatch(it -> it.startsWith("Flow tally is paused by ada since "));
            for (String each : List.of("tally", "tally/run", "tally/end")) {
                assertThat(get(worker, "flows").at("/flows").valueStream().toList())
                        .filteredOn(it -> it.at("/flow").asString().equals(each))
                        .singleElement()
                        .satisfies(it -> assertThat(it.at("/paused/since").isString())
                                .as(each)
                                .isTrue());
            }
            long page = db.jdbc()
                    .sql("select id from processing_queue where flow_name = 'tally/run'")
                    .query(Long.class)
                    .single();
            assertThat(texts(get(worker, "records/" + page).at("/why")))
                    .anyMatch(it -> it.startsWith("Flow tally is paused by ada for "));
            worker.until(() -> texts(
                            Management.get(worker, "/actuator/health").at("/components/worker/details/paused_flows"))
                    .containsAll(List.of("tally", "tally/run", "tally/end")));
            assertThat(Management.get(worker, "/actuator/prometheus").body())
                    .contains("rpa_flow_paused{flow=\"tally/run\"} 1.0", "rpa_flow_paused{flow=\"tally/end\"} 1.0");

            worker.bean(StandingOrders.class).resume(TallyFlow.FLOW, ADA);
            worker.until(() -> state(run).equals("completed"));
        }
    }

    @Test
    void oneWhoseFlowIsPausedMeanwhileIsNotEnded() {
        holdAt("record");
        try (TestWorker worker = start()) {
            long run = start(worker, 1);
            until(TallyFlow.FLOW, "processing", 1);
            until("tally/run", "completed", 1);
            worker.bean(StandingOrders.class).pause(TallyFlow.FLOW, null, ADA);
            permits.release(10);
            worker.until(() -> state(run).equals("post_processing"));

            staysPending("tally/end", 1);
            assertThat(texts(get(worker, "runs/" + run).at("/why")))
                    .anyMatch(it -> it.startsWith("Flow tally is paused by ada since "));
            worker.bean(StandingOrders.class).resume(TallyFlow.FLOW, ADA);
            worker.until(() -> state(run).equals("completed"));
        }
    }

    @Test
    void aDrainWaitsForThePageThatIsBeingRead() {
        holdAt("page");
        try (TestWorker worker = start()) {
            long run = start(worker, 3);
            until("tally/run", "processing", 1);

            FlowOrder.Done waiting = order(worker, "drain", TallyFlow.FLOW);
            assertThat(waiting.drained()).isFalse();
            assertThat(waiting.inFlight()).isEqualTo(1);

            permits.release(10);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Boolean.TRUE.equals(
                            order(worker, "drain", TallyFlow.FLOW).drained()));
            assertThat(db.count("tally/run", "pending")).isEqualTo(1);
            assertThat(order(worker, "resume", TallyFlow.FLOW).changed()).isTrue();
            worker.until(() -> state(run).equals("completed"));
        }
    }

    // Its statement looked for pauses before there was one.
    @Test
    void aDrainWaitsForTheAnswerToTheClaimOfAPage() throws SQLException {
        try (TestWorker worker = start();
                Connection claims = db.dataSource().getConnection();
                var lock = claims.createStatement()) {
            worker.until(() -> worker.bean(Heartbeat.class).lease().isPresent());
            claims.setAutoCommit(false);
            lock.execute("lock table processing_claim in exclusive mode");
            start(worker, 3);
            worker.until(() -> db.jdbc()
                    .sql(
                            "select count(*) > 0 from pg_locks where not granted and relation = 'processing_claim'::regclass")
                    .query(Boolean.class)
                    .single());

            FlowOrder.Done unanswered = order(worker, "drain", TallyFlow.FLOW);
            assertThat(unanswered.inFlight()).isZero();
            assertThat(unanswered.drained()).isFalse();
            assertThat(unanswered.notObeying()).hasSize(1);

            claims.rollback();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Boolean.TRUE.equals(
                            order(worker, "drain", TallyFlow.FLOW).drained()));
        }
    }

    @Test
    void whatIsBesideAFlowIsNotPausedByItsOwnName() {
        try (TestWorker worker = start()) {
            for (String action : List.of("pause", "drain")) {
                for (String name : List.of("tally/run", "tally/end")) {
                    Answer refused = post(worker, name, action);
                    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
                    assertThat(refused.body()).contains("is paused with it: pause tally");
                }
            }
            assertThat(worker.bean(StandingOrders.class).read().pauses()).isEmpty();
        }
    }

    // As rpa_pause does, which knows no runs.
    @Test
    void aPauseByItsOwnNameInSqlHoldsAndIsToldAndCanBeEnded() {
        try (TestWorker worker = start()) {
            db.execute("insert into flow_control (flow_name, paused_by) values ('tally/run', 'dba')");
            long run = start(worker, 3);

            staysPending("tally/run", 1);
            assertThat(texts(get(worker, "runs/" + run).at("/why")))
                    .anyMatch(it -> it.startsWith("Flow tally/run is paused by dba since "));
            assertThat(order(worker, "resume", "tally/run").changed()).isTrue();
            worker.until(() -> state(run).equals("completed"));
        }
    }
}
