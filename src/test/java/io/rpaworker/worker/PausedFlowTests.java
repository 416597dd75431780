package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Reader;
import io.rpaworker.ops.action.FlowActions;
import io.rpaworker.ops.action.FlowOrder;
import io.rpaworker.ops.action.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/** Nothing of a paused flow is claimed, on any replica; what has not begun is given back, and what runs finishes. */
class PausedFlowTests {

    private static final String FLOW = "slow";
    private static final String OTHER = "other";
    private static final Actor ADA = new Actor("ada", "SurveyHub is being restored");

    private final RpaDb db = Postgres.migrated();
    private final Semaphore permits = new Semaphore(0);
    private final Set<Long> begun = ConcurrentHashMap.newKeySet();

    record Nothing() {}

    /** Waits until the test lets it go on. */
    private final class Waiting implements RecordHandler<Nothing, Boolean> {

        private final String flow;

        private Waiting(String flow) {
            this.flow = flow;
        }

        @Override
        public String flow() {
            return flow;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Nothing> record) throws InterruptedException {
            begun.add(record.id());
            if (flow.equals(FLOW)) {
                permits.acquire();
            }
            return Outcome.completed(true);
        }
    }

    @AfterEach
    void end() {
        permits.release(1_000);
    }

    private TestWorker start() {
        return TestWorker.on(db)
                .bean(new Waiting(FLOW))
                .bean(new Waiting(OTHER))
                .flow(FLOW)
                .flow(OTHER)
                .property("rpa.global.concurrency", "2")
                .property("rpa.global.claim-ahead", "20s")
                .start();
    }

    private void pending(int count) {
        db.jdbc()
                .sql(
                        "insert into processing_queue (flow_name, payload) select :flow, '{}' from generate_series(1, :count)")
                .param("flow", FLOW)
                .param("count", count)
                .update();
    }

    private long count(String status) {
        return db.jdbc()
                .sql("select count(*) from processing_queue where flow_name = 'slow' and status = :status")
                .param("status", status)
                .query(Long.class)
                .single();
    }

    @Test
    void whatHasNotBegunIsGivenBackWithItsAttemptAndWhatRunsFinishes() {
        try (var worker = start();
                var another = start()) {
            pending(4);
            worker.until(() -> begun.size() == 4);
            // They take no time so far, so that more is claimed ahead than the slots take.
            permits.release(4);
            worker.until(() -> count("completed") == 4);
            pending(200);
            worker.until(() -> begun.size() == 8);

            worker.bean(StandingOrders.class).pause(FLOW, null, ADA);

            worker.until(() -> count("processing") == 4);
            assertThat(count("pending")).isEqualTo(196);
            permits.release(4);
            worker.until(() -> count("processing") == 0);
            pending(10);
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> count("processing") == 0 && count("pending") == 206);
            assertThat(begun).hasSize(8);
            assertThat(db.jdbc()
                            .sql("select max(retry_count) from processing_queue")
                            .query(Integer.class)
                            .single())
                    .isZero();
            another.until(() -> Management.get(another, "/actuator/prometheus")
                    .body()
                    .contains("rpa_flow_paused{flow=\"slow\"} 1.0"));
            assertThat(Management.get(another, "/actuator/prometheus").body())
                    .contains("rpa_flow_paused{flow=\"other\"} 0.0");
            assertThat(Management.get(worker, "/actuator/health").at("/components/worker/details/paused_flows"))
                    .hasToString("[\"slow\"]");

            permits.release(1_000);
            assertThat(worker.bean(StandingOrders.class).resume(FLOW, ADA)).isTrue();
            worker.until(() -> count("completed") == 214);
        }
    }

    @Test
    void aPauseOutlastsRestartsAndLetsOtherFlowsWork() {
        try (var worker = start()) {
            worker.bean(StandingOrders.class).pause(FLOW, null, ADA);
        }
        pending(3);
        try (var worker = start()) {
            db.insertPending(OTHER, 1);
            worker.until(() -> db.jdbc()
                    .sql("select count(*) = 1 from processing_queue where flow_name = 'other' and status = 'completed'")
                    .query(Boolean.class)
                    .single());
            assertThat(count("pending")).isEqualTo(3);
            assertThat(begun).hasSize(1);
        }
    }

    // By the claim's own statement: what a replica knows may be a second old.
    @Test
    void aReplicaThatDoesNotKnowOfThePauseYetClaimsNothing() {
        try (var worker = start()) {
            worker.until(() -> !worker.bean(Worker.class).flows().isEmpty());
            db.jdbc()
                    .sql("with paused as (insert into flow_control (flow_name, paused_by) values ('slow', 'ada'))"
                            + " insert into processing_queue (flow_name, payload) select 'slow', '{}'"
                            + " from generate_series(1, 10)")
                    .update();
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> count("pending") == 10);
            assertThat(begun).isEmpty();
        }
    }

    // Its statement looked for pauses before there was one.
    @Test
    void aDrainWaitsForTheAnswerToAClaimThatBeganBeforeThePause() throws SQLException {
        permits.release(1_000);
        try (var worker = start();
                Connection claims = db.dataSource().getConnection();
                var lock = claims.createStatement()) {
            worker.until(() -> worker.bean(Heartbeat.class).lease().isPresent());
            claims.setAutoCommit(false);
            lock.execute("lock table processing_claim in exclusive mode");
            pending(3);
            worker.until(() -> db.jdbc()
                    .sql(
                            "select count(*) > 0 from pg_locks where not granted and relation = 'processing_claim'::regclass")
                    .query(Boolean.class)
                    .single());

            FlowOrder.Done unanswered = drain(worker, 1);
            assertThat(unanswered.inFlight()).isZero();
            assertThat(unanswered.drained()).isFalse();
            assertThat(unanswered.notObeying()).hasSize(1);

            claims.commit();
            FlowOrder.Done answered = drain(worker, 20);
            assertThat(answered.drained()).isTrue();
            assertThat(answered.notObeying()).isEmpty();
            assertThat(count("pending")).isEqualTo(3);
            assertThat(begun).isEmpty();
        }
    }

    private static FlowOrder.Done drain(TestWorker worker, int seconds) {
        return worker.bean(FlowActions.class)
                .carryOut(new FlowOrder("drain", FLOW, null, seconds, null), new Operator("ada", false));
    }

    // Nobody asks its sources while it is paused, so nobody knows whether they answer.
    @Test
    void aPausedFlowTellsOfNoSource() {
        var reader = new Reader();
        reader.sourceAnswers.set(false);
        try (var worker = TestWorker.on(db).flow(Reader.FLOW).bean(reader).start()) {
            worker.until(() -> told().contains("awaited"));

            worker.bean(StandingOrders.class).pause(Reader.FLOW, null, ADA);

            worker.until(() -> told().contains("obeys"));
            assertThat(told()).doesNotContain("awaited");
        }
    }

    @Test
    void aReplicaThatStopsStillTellsThatItObeys() throws InterruptedException {
        var worker = start();
        pending(1);
        worker.until(() -> !begun.isEmpty());
        Thread stopping = Thread.ofPlatform().start(worker::close);
        worker.until(() ->
                worker.bean(ApplicationAvailability.class).getReadinessState() == ReadinessState.REFUSING_TRAFFIC);
        db.jdbc()
                .sql("insert into flow_control (flow_name, paused_by) values ('other', 'ada')")
                .update();

        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> told().contains("obeys"));
        permits.release(1_000);
        stopping.join();
    }

    private String told() {
        return String.join(
                "",
                db.jdbc()
                        .sql("select conditions::text from worker_instance where conditions is not null")
                        .query(String.class)
                        .list());
    }

    @Test
    void aPauseEndsByItselfAtItsTime() {
        permits.release(1_000);
        try (var worker = start()) {
            worker.bean(StandingOrders.class).pause(FLOW, Instant.now().plusSeconds(3), ADA);
            pending(5);
            worker.until(() -> worker.bean(Worker.class).orders().pauses().containsKey(FLOW));
            assertThat(count("pending")).isEqualTo(5);
            worker.until(() -> count("completed") == 5);
            assertThat(worker.bean(StandingOrders.class).resume(FLOW, ADA)).isFalse();
        }
    }

    @Test
    void aSuspectOfAPausedFlowWaitsToo() {
        permits.release(1_000);
        try (var worker = start()) {
            worker.bean(StandingOrders.class).pause(FLOW, null, ADA);
            pending(1);
            db.jdbc().sql("update processing_queue set crash_count = 2").update();
            Awaitility.await()
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> count("pending") == 1);
            worker.bean(StandingOrders.class).resume(FLOW, ADA);
            worker.until(() -> count("completed") == 1);
        }
    }
}
