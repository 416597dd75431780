package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.faults.FakeSqlServer.Mood;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SurveyHub fails in every way; the driver is the real one, and so are its exceptions. */
class SurveyHubIT {

    private static final String FLOW = "survey_processor";
    // Deadlock, lock timeout, no memory, database not available, moved, busy, being recovered, throttled.
    private static final int[] SOME = {1205, 1222, 8645, 4060, 40_613, 40_501, 927, 49_918};
    // The rest of database.DatabaseError's table of errors that pass.
    private static final int[] REST = {
        64, 121, 233, 601, 617, 669, 921, 926, 941, 952, 976, 978, 982, 983, 988, 997, 1203, 1204, 1221, 1807, 3935,
        3960, 3966, 4184, 4221, 5280, 6005, 8628, 8651, 10_053, 10_054, 10_060, 10_922, 10_928, 10_929, 10_930, 10_936,
        11_001, 14_355, 17_065, 17_066, 17_067, 17_142, 17_197, 17_889, 18_401, 20_041, 35_256, 40_143, 40_197, 40_540,
        40_642, 40_675, 41_301, 41_302, 41_305, 41_325, 41_839, 42_108, 42_109, 49_919, 49_920, 207, 208, 229, 230,
        2812, 18_452, 18_456, 18_470
    };

    private final RpaDb db = Postgres.migrated();
    private final FakeSqlServer server = new FakeSqlServer();
    private final AtomicInteger surveys = new AtomicInteger();
    private final TestWorker worker;

    SurveyHubIT() {
        worker = TestWorker.on(db)
                .flow(FLOW)
                .property("rpa.survey-hub.url", server.url())
                .property("rpa.survey-hub.username", "reader")
                .property("rpa.survey-hub.password", "any")
                .property("rpa.survey-hub.connection-timeout", "2s")
                .property("rpa.survey-hub.query-timeout", "2s")
                .property("rpa.flows." + FLOW + ".batch-size", "10")
                .property("rpa.flows." + FLOW + ".retry.initial-delay", "100ms")
                .start();
    }

    @BeforeEach
    void isWell() {
        add(50);
        worker.until(() -> completed() == surveys.get());
    }

    @AfterEach
    void stop() {
        worker.close();
        server.close();
    }

    @Test
    void errorsThatPassCostNoAttempt() {
        tryEach("survey hub errors", SOME);
    }

    @Test
    @Tag("faults")
    void noErrorOfTheTableCostsAnAttempt() {
        tryEach("survey hub errors, all", REST);
    }

    @Test
    void anOutageOfEachKindCostsNoAttempt() {
        int seconds = Chaos.seconds(20);
        outage(seconds, "refused", server::goAway, server::comeBack);
        outage(5, "silent", () -> server.is(Mood.IS_SILENT), () -> server.is(Mood.ANSWERS));
        outage(3, "hung up in its answers", () -> server.is(Mood.HANGS_UP), () -> server.is(Mood.ANSWERS));
        outage(
                3,
                "login failed",
                () -> {
                    server.is(Mood.FAILS_LOGINS);
                    server.hangUp();
                },
                () -> server.is(Mood.ANSWERS));
    }

    @Test
    @Tag("faults")
    void anOutageOfTenMinutesCostsNoAttempt() {
        outage(Chaos.seconds("survey-hub", 600), "away for long", server::goAway, server::comeBack);
    }

    @Test
    void anErrorOfOneSurveyIsItsOwn() {
        // Divide by zero: nothing is known to be wrong with SurveyHub.
        server.cannotBear("S-" + (surveys.get() + 25) + "x", 8134);
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload) values (:flow,"
                        + " jsonb_build_object('survey_id', :id, 'customer_id', 'C-1'))")
                .param("flow", FLOW)
                .param("id", "S-" + (surveys.get() + 25) + "x")
                .update();
        add(50);

        worker.until(() -> completed() == surveys.get() && db.count(FLOW, "failed") == 1);
        worker.until(() -> count("select count(*) from processing_queue where next_retry_at is null"
                        + " and status = 'failed' and retry_count = 3")
                == 1);
        assertThat(burned()).isEqualTo(1);
        FaultLedger.report("a survey that cannot be read", "a dead letter after 3 attempts, 50 others completed");
    }

    private void tryEach(String name, int[] numbers) {
        int served = 0;
        for (int number : numbers) {
            int before = server.failures();
            server.fails(number);
            add(10);
            worker.until(() -> server.failures() > before && isOpen());
            served += server.failures() - before;
            server.is(Mood.ANSWERS);
            worker.until(() -> completed() == surveys.get() && !isOpen());
            assertThat(burned()).as("attempts burned by error %d", number).isZero();
        }
        FaultLedger.report(
                name,
                "%d numbers, %d errors answered, %d records completed, attempts burned %d, dead letters %d"
                        .formatted(numbers.length, served, completed(), burned(), db.count(FLOW, "failed")));
    }

    private void outage(int seconds, String how, Runnable begin, Runnable end) {
        int before = completed();
        begin.run();
        add(100);
        worker.until(this::isOpen);
        Chaos.pause(Duration.ofSeconds(seconds));
        assertThat(completed()).as("completed without SurveyHub").isEqualTo(before);
        assertThat(worker.bean(Heartbeat.class).instance())
                .as("the lease holds")
                .isPresent();
        end.run();
        long over = System.nanoTime();
        worker.until(() -> completed() == surveys.get() && !isOpen());
        long resumed = (System.nanoTime() - over) / 1_000_000;
        FaultLedger.report(
                "survey hub " + how,
                "%d s, %d records completed %d ms after it, attempts burned %d, dead letters %d"
                        .formatted(seconds, completed() - before, resumed, burned(), db.count(FLOW, "failed")));
        assertThat(burned()).as(how).isZero();
        assertThat(db.count(FLOW, "failed")).as(how).isZero();
    }

    private void add(int records) {
        int from = surveys.get();
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select :flow, jsonb_build_object('survey_id', 'S-' || n, 'customer_id', 'C-' || n)"
                        + " from generate_series(cast(:from as int), cast(:to as int)) n")
                .param("flow", FLOW)
                .param("from", from + 1)
                .param("to", from + records)
                .update();
        surveys.addAndGet(records);
    }

    private boolean isOpen() {
        return !worker.bean(CircuitBreakers.class).unavailable().isEmpty();
    }

    private int completed() {
        return db.count(FLOW, "completed");
    }

    private int burned() {
        return count("select count(*) from processing_queue where retry_count + crash_count > 0");
    }

    private int count(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
