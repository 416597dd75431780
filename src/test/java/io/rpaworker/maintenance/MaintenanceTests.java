package io.rpaworker.maintenance;

import static io.rpaworker.maintenance.Chore.Doer.EVERY_INSTANCE;
import static io.rpaworker.maintenance.Chore.Doer.LEADER;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;

class MaintenanceTests {

    private final RpaDb db = Postgres.migrated();

    private record Flaky(String flow) implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) {
            return record.attempt() == 1
                    ? Outcome.retryLater(Duration.ofMillis(1), "not yet")
                    : Outcome.completed(true);
        }
    }

    @Test
    void retriesAndPythonOrphansAreLookedAfterAlthoughTheLeaderRunsOtherFlows() {
        try (var leader = TestWorker.on(db)
                .flow("of-the-leader")
                .bean(new Flaky("of-the-leader"))
                .start()) {
            var leadership = leader.bean(Leadership.class);
            leader.until(leadership::isLeader);
            try (var other = TestWorker.on(db)
                    .property("rpa.maintenance.sweep-interval", "100ms")
                    .property("rpa.flows.of-the-patient.cleanup-timeout", "3h")
                    .flow("of-another")
                    .flow("of-the-patient")
                    .bean(new Flaky("of-another"))
                    .bean(new Flaky("of-the-patient"))
                    .start()) {
                db.insertPending("of-another", 1);
                db.insert("of-another", "processing", 1);
                db.jdbc()
                        .sql("update processing_queue set claimed_at = now() - interval '2 hours' where id = 2")
                        .update();

                other.until(() -> db.count("of-another", "completed") == 2);
                assertThat(leadership.isLeader()).isTrue();
            }
        }
    }

    @Test
    void theLeaderLooksForRetriesMoreOftenThanItSweeps() {
        try (var worker = TestWorker.on(db)
                .property("rpa.maintenance.sweep-interval", "10m")
                .property("rpa.maintenance.retry-interval", "100ms")
                .flow("alone")
                .bean(new Flaky("alone"))
                .start()) {
            worker.until(worker.bean(Leadership.class)::isLeader);
            db.insertPending("alone", 1);

            worker.until(() -> db.count("alone", "completed") == 1);
        }
    }

    @Test
    void whatIsRecoveredIsCountedFromZeroForKnownFlowsEnabledOrNot() {
        try (var worker = TestWorker.on(db)
                .flow("on")
                .bean(new Flaky("on"))
                .bean(new Flaky("off"))
                .start()) {
            var meters = worker.bean(MeterRegistry.class);

            for (String flow : List.of("on", "off")) {
                var recovered =
                        meters.get("rpa.lease.recovered").tag("flow", flow).counter();
                assertThat(recovered.count()).isZero();
                assertThat(recovered.getId().getDescription()).isNotBlank();
            }
        }
    }

    @Test
    void theChoresGoOnAfterAnOutage() {
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.hikari.connection-timeout", "250")
                .property("rpa.maintenance.retry-interval", "100ms")
                .property("rpa.maintenance.leader-lease", "1s")
                .start()) {
            var leadership = worker.bean(Leadership.class);
            var heartbeat = worker.bean(Heartbeat.class);
            worker.until(() -> leadership.isLeader() && heartbeat.isEstablished());

            // Until the lease is over the chores run into it several times.
            db.shut();
            worker.until(() -> heartbeat.instance().isEmpty());
            db.open();

            worker.until(leadership::isLeader);
        }
    }

    @Test
    void choresThatAlwaysFailTakeNoTurnOfTheOthers() {
        db.insertReplica("long-gone");
        db.jdbc()
                .sql("update worker_instance set ended_at = now() - interval '2 days'")
                .update();
        // Retention fails, and before it the canaries do.
        db.jdbc().sql("""
                        create function never() returns trigger language plpgsql as 'begin raise exception ''no''; end'
                        """).update();
        db.jdbc()
                .sql("create trigger never before delete on processing_queue execute function never()")
                .update();
        db.jdbc().sql("drop table canary_retry").update();
        try (var worker = TestWorker.on(db)
                .property("rpa.maintenance.sweep-interval", "100ms")
                .property("rpa.maintenance.retry-interval", "100ms")
                .property("rpa.maintenance.purge-interval", "100ms")
                .flow("alone")
                .bean(new Flaky("alone"))
                .start()) {
            var problems = worker.bean(ChoreProblems.class);
            worker.until(() -> problems.current().size() == 2);
            assertThat(problems.current())
                    .containsExactly(
                            "Chore canaries fails: SQLSTATE 42P01", "Chore retention fails: SQLSTATE P0001 in never");

            db.insertPending("alone", 1);

            worker.until(() -> db.count("alone", "completed") == 1
                    && db.jdbc()
                            .sql("select id from worker_instance where id = 'long-gone'")
                            .query(String.class)
                            .list()
                            .isEmpty());

            db.jdbc().sql("drop trigger never on processing_queue").update();
            worker.until(() -> problems.current().size() == 1);
        }
    }

    @Test
    void theChoresOfARoundInTheirOrder() {
        try (var worker = TestWorker.on(db)
                .property("rpa.maintenance.enabled", "false")
                .property("rpa.maintenance.sweep-interval", "5s")
                .property("rpa.maintenance.retry-interval", "1s")
                .property("rpa.maintenance.purge-interval", "1m")
                .property("rpa.maintenance.leader-lease", "15s")
                .bean(Beans::new)
                .start()) {
            assertThat(worker.bean(Beans.class)
                            .factory()
                            .getBeanProvider(Chore.class)
                            .orderedStream())
                    .extracting(
                            Chore::name,
                            Chore::doneBy,
                            Chore::interval,
                            Chore::needsEstablishedLease,
                            Chore::mayBeRetriedAtOnce)
                    .containsExactly(
                            tuple("recovery", EVERY_INSTANCE, ofSeconds(5), true, true),
                            tuple("schedules", EVERY_INSTANCE, ofSeconds(1), false, true),
                            tuple("folding", LEADER, ofSeconds(5), true, true),
                            tuple("runs", EVERY_INSTANCE, ofSeconds(5), false, true),
                            tuple("canaries", LEADER, ofSeconds(5), true, true),
                            tuple("recovery from Python workers", EVERY_INSTANCE, ofSeconds(20), true, true),
                            tuple("leadership", EVERY_INSTANCE, ofSeconds(5), false, false),
                            tuple("retries", EVERY_INSTANCE, ofSeconds(5), false, true),
                            tuple("recovery of stray records", LEADER, ofMinutes(14), false, true),
                            tuple("retention of replicas", LEADER, ofMinutes(1), false, true),
                            tuple("retention of statistics", LEADER, ofMinutes(1), false, true),
                            tuple("retention of runs", LEADER, ofMinutes(1), false, true),
                            tuple("retention of attempts", LEADER, ofMinutes(1), false, true),
                            tuple("retention", LEADER, ofMinutes(1), false, false));

            worker.bean(Leadership.class).campaign("a", ofMinutes(1));
            assertThat(worker.bean(DueRetryPromotion.class).interval()).isEqualTo(ofSeconds(1));
        }
    }

    @Test
    void aNewChoreIsAComponentAndNothingElse() {
        var done = new CountDownLatch(2);
        try (var worker = TestWorker.on(db)
                .property("rpa.maintenance.retry-interval", "100ms")
                .bean(TestChore.of("dusting", () -> {
                            done.countDown();
                            return false;
                        })
                        .every(Duration.ofMillis(100)))
                .start()) {
            worker.until(() -> done.getCount() == 0);
        }
    }

    private record Beans(BeanFactory factory) {}
}
