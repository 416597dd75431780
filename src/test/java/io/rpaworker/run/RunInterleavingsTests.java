package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.handler.Runs;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What went wrong between the replicas of the system before this one, interleaving by interleaving, and what comes of
 * it now. The first replica does not know for long that its lease has ended: its heartbeats are far apart.
 */
class RunInterleavingsTests {

    private final RpaDb db = Postgres.migrated();
    private final TallyFlow flow = new TallyFlow();
    private final TallyFlow successor = new TallyFlow();
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger held = new AtomicInteger();
    private final List<TestWorker> workers = new ArrayList<>();

    @BeforeEach
    void tables() {
        TallyFlow.tables(db);
    }

    @AfterEach
    void stop() {
        permits.release(10_000);
        workers.forEach(TestWorker::close);
    }

    private TestWorker first() {
        return start(flow.on(db).property("rpa.worker.lease", "30s").property("rpa.worker.heartbeat-interval", "10s"));
    }

    private TestWorker second() {
        return start(successor.on(db));
    }

    private TestWorker start(TestWorker.Builder builder) {
        TestWorker worker = builder.property("rpa.maintenance.sweep-interval", "100ms")
                .property("rpa.maintenance.leader-lease", "1s")
                .start();
        workers.add(worker);
        return worker;
    }

    private TestWorker.Builder hasty(TallyFlow its) {
        return its.on(db).property("rpa.worker.lease", "1s").property("rpa.worker.heartbeat-interval", "100ms");
    }

    private Consumer<String> holdingOnce(String step, int nth) {
        var times = new AtomicInteger();
        return at -> {
            if (at.equals(step) && times.incrementAndGet() == nth) {
                hold();
            }
        };
    }

    private void hold() {
        held.incrementAndGet();
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("called off", e);
        } finally {
            held.decrementAndGet();
        }
    }

    private void endLeases() {
        db.jdbc()
                .sql(
                        "update worker_instance set lease_until = clock_timestamp() - interval '1 second' where ended_at is null")
                .update();
    }

    private static long start(TestWorker worker, int records) {
        return worker.bean(Runs.class).start(TallyFlow.FLOW, Map.of("records", records));
    }

    private String state() {
        return text("select state from processing_run");
    }

    private String text(String sql) {
        return db.jdbc().sql(sql).query(String.class).single();
    }

    private long number(String sql) {
        return db.jdbc().sql(sql).query(Long.class).single();
    }

    private static double rejected(TestWorker worker) {
        return worker.bean(MeterRegistry.class).find("rpa.fence.rejected").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private List<String> ends() {
        return db.jdbc()
                .sql(
                        "select round || ': ' || records || ' ' || completed || ' ' || failed || ' ' || open from tally_end order by at")
                .query(String.class)
                .list();
    }

    private void assertEachOnce(int records) {
        assertThat(db.jdbc()
                        .sql("select n from tally_effect order by n")
                        .query(Integer.class)
                        .list())
                .hasSize(records)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"page", "record", "end"})
    void whoStallsPastItsLeaseIsSucceededByOneAndWhatItStillWritesIsRejected(String step) {
        flow.before = holdingOnce(step, step.equals("end") ? 1 : 2);
        TestWorker stalled = first();
        start(stalled, 7);
        stalled.until(() -> held.get() == 1);
        TestWorker other = second();
        long page = number("select pages from processing_run");
        endLeases();
        other.until(() -> state().equals("completed"));
        assertThat(rejected(stalled)).isZero();
        permits.release();
        stalled.until(() -> rejected(stalled) > 0);

        assertThat(ends()).containsExactly("1: 7 7 0 0");
        assertEachOnce(7);
        assertThat(text("select leader_term || ' ' || pages || ' ' || discovered || ' ' || round from processing_run"))
                .isEqualTo("2 4 7 1");
        assertThat(page).isEqualTo(step.equals("page") ? 1 : 4);
    }

    @Test
    void aRunWhoseLeaderIsGoneIsLedFromItsCursorByWhoComesNext() {
        flow.before = holdingOnce("page", 3);
        TestWorker gone = first();
        start(gone, 7);
        gone.until(() -> held.get() == 1);
        endLeases();

        var pages = new AtomicInteger();
        successor.before = step -> {
            if (step.equals("page")) {
                pages.incrementAndGet();
            }
        };
        TestWorker next = second();
        next.until(() -> state().equals("completed"));

        assertThat(pages).hasValue(2);
        assertThat(ends()).containsExactly("1: 7 7 0 0");
        assertEachOnce(7);
        assertThat(number("select leader_term from processing_run")).isEqualTo(2);
    }

    @Test
    void whoStartsLaterEndsNothingAgain() {
        TestWorker worker = start(hasty(flow));
        long run = start(worker, 3);
        worker.until(() -> state().equals("completed"));
        String before = text("select processing_run::text from processing_run");
        long claims = number("select max(id) from processing_queue");

        for (int i = 0; i < 2; i++) {
            TestWorker later = second();
            assertThat(later.bean(RunClosing.class).candidates(0)).isEmpty();
            assertThat(later.bean(RunClosing.class).close(run)).isEmpty();
            later.until(() -> number("select count(*) from worker_instance where ended_at is null") > 1);
            later.close();
            workers.remove(later);
        }

        assertThat(ends()).containsExactly("1: 3 3 0 0");
        assertThat(text("select processing_run::text from processing_run")).isEqualTo(before);
        assertThat(number("select max(id) from processing_queue")).isEqualTo(claims);
    }

    @Test
    void ofAnEndThatIsBrokenOffInItsMiddleNothingStays() {
        var ends = new AtomicInteger();
        flow.within = step -> {
            if (step.equals("end") && ends.incrementAndGet() == 1) {
                db.jdbc()
                        .sql("select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where datname = current_database() and state = 'idle in transaction'")
                        .query()
                        .listOfRows();
            }
        };
        TestWorker worker = first();
        start(worker, 3);
        worker.until(() -> state().equals("completed"));

        assertThat(ends.get()).isGreaterThan(1);
        assertThat(ends()).containsExactly("1: 3 3 0 0");
    }

    @Test
    void twoReplicasOfOneHostAreTwo() {
        flow.before = holdingOnce("page", 2);
        successor.before = holdingOnce("page", 1);
        TestWorker one = first();
        start(one, 7);
        one.until(() -> held.get() == 1);
        String before = text("select leader_id from processing_run");
        TestWorker other = second();
        other.until(() -> text("select count(distinct id) || ' on ' || count(distinct host) from worker_instance")
                .equals("2 on 1"));
        db.expireLease(before);
        other.until(() -> held.get() == 2);

        assertThat(text("select leader_term || ' ' || (leader_id <> '" + before + "') from processing_run"))
                .isEqualTo("2 true");
        permits.release(2);
        other.until(() -> state().equals("completed"));
        assertThat(ends()).containsExactly("1: 7 7 0 0");
        assertThat(number("select leader_term from processing_run")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"page", "record"})
    void aRunIsNotOverWhileARetryWaits(String step) {
        var times = new AtomicInteger();
        flow.before = at -> {
            if (at.equals(step) && times.incrementAndGet() == 2) {
                throw new IllegalStateException("away");
            }
        };
        TestWorker worker = start(flow.on(db)
                .property("rpa.flows.tally.max-retries", "2")
                .property("rpa.flows.tally.retry.initial-delay", "1h")
                .property("rpa.flows.tally.retry.max-delay", "1h"));
        long run = start(worker, 3);
        long done = step.equals("page") ? 2 : 3 - 1;
        worker.until(() -> number("select count(*) from processing_queue where next_retry_at is not null") == 1
                && number("select count(*) from tally_effect") == done);

        assertThat(worker.bean(RunClosing.class).close(run)).isEmpty();
        assertThat(state()).isEqualTo(step.equals("page") ? "discovering" : "processing");
        assertThat(ends()).isEmpty();

        db.jdbc()
                .sql("update processing_queue set next_retry_at = now() where next_retry_at is not null")
                .update();
        worker.until(() -> state().equals("completed"));
        assertThat(ends()).containsExactly("1: 3 3 0 0");
        assertEachOnce(3);
    }

    @Test
    void theLateFailureOfAFormerOwnerIsNobodys() {
        Consumer<String> holding = holdingOnce("record", 1);
        flow.before = step -> {
            boolean mine = step.equals("record") && held.get() == 0;
            holding.accept(step);
            if (mine) {
                throw new IllegalStateException("too late");
            }
        };
        TestWorker slow = first();
        start(slow, 1);
        slow.until(() -> held.get() == 1);
        TestWorker other = second();
        endLeases();
        other.until(() -> state().equals("completed"));
        permits.release();
        slow.until(() -> rejected(slow) > 0);

        assertThat(text("select status || ' ' || retry_count from processing_queue where flow_name = 'tally'"))
                .isEqualTo("completed 0");
        assertThat(number("select count(*) from processing_log where outcome in ('retried', 'dead_letter')"))
                .isZero();
        assertThat(ends()).containsExactly("1: 1 1 0 0");
    }

    @Test
    void whatTakesLongerThanALeaseIsItsOwnersWhileThatLives() {
        var pages = new AtomicInteger();
        Consumer<String> holding = holdingOnce("page", 1);
        flow.before = step -> {
            pages.addAndGet(step.equals("page") ? 1 : 0);
            holding.accept(step);
        };
        successor.before = flow.before;
        TestWorker one = start(hasty(flow));
        start(one, 1);
        one.until(() -> held.get() == 1);
        TestWorker other = start(hasty(successor));
        // Longer than two leases.
        other.until(
                () -> number("select count(*) from processing_queue where claimed_at < now() - interval '2.5 seconds'"
                                + " and status = 'processing'")
                        == 1);
        permits.release();
        other.until(() -> state().equals("completed"));

        assertThat(pages).hasValue(1);
        assertThat(
                        text(
                                "select leader_term || ' ' || (select max(crash_count) from processing_queue) from processing_run"))
                .matches("[12] 0");
        assertThat(ends()).containsExactly("1: 1 1 0 0");
    }

    @Test
    void aPageThatKillsWhoReadsItFailsItsRunAndNoMoreThanThat() {
        flow.before = holdingOnce("page", 1);
        TestWorker last = first();
        long run = start(last, 1);
        last.until(() -> held.get() == 1);
        // Two have died over it, and it runs alone.
        db.jdbc().sql("update processing_queue set crash_count = 2").update();
        db.jdbc().sql("update processing_claim set isolated = true").update();
        TestWorker worker = second();
        endLeases();
        worker.until(() -> state().equals("failed"));
        assertThat(text("select reason from processing_run")).contains("Discovery has failed", "a process died");
        assertThat(text("select failure_kind || ' ' || crash_count from processing_queue"))
                .isEqualTo("poison 3");

        assertThat(worker.bean(RunOrders.class).retry(run).orElseThrow().changed())
                .isTrue();
        worker.until(() -> state().equals("completed"));
        assertThat(ends()).containsExactly("2: 1 1 0 0");
    }

    @Test
    void whoFindsNothingAtThisMomentIsThereWhenTheLastRecordsOwnerDies() {
        flow.before = holdingOnce("record", 3);
        TestWorker dying = first();
        start(dying, 3);
        dying.until(() -> held.get() == 1 && number("select count(*) from tally_effect") == 2);
        TestWorker idle = second();
        idle.until(() -> number("select count(*) from processing_queue where status = 'pending'") == 0);
        assertThat(idle.bean(RunClosing.class).candidates(0)).hasSize(1);
        assertThat(ends()).isEmpty();
        endLeases();

        idle.until(() -> state().equals("completed"));
        assertThat(ends()).containsExactly("1: 3 3 0 0");
        assertEachOnce(3);
    }

    @Test
    void nothingIsOpenInRpaDbWhileAnythingOfARunIsHandled() {
        var seen = new ConcurrentLinkedQueue<String>();
        String open = "select count(*) from pg_stat_activity"
                + " where datname = current_database() and state like 'idle in transaction%'";
        flow.before = step -> {
            // A chore's transaction is over in a moment; one round this call would be there as long as it lasts.
            Awaitility.await().until(() -> number(open) == 0);
            seen.add(step + text("select ' led in term ' || leader_term from processing_run"));
        };
        TestWorker worker = first();
        start(worker, 1);
        worker.until(() -> state().equals("completed"));
        assertThat(seen).containsExactly("page led in term 1", "record led in term 1", "end led in term 1");
    }

    @Test
    void noRecordWaitsForTheRowOfItsRun() {
        flow.parents.add(2);
        flow.before = step -> {
            if (step.equals("record")) {
                hold();
            }
        };
        TestWorker worker = first();
        start(worker, 7);
        worker.until(() -> state().equals("processing") && held.get() == 7);
        var transaction = new TransactionTemplate(new JdbcTransactionManager(db.dataSource()));
        transaction.executeWithoutResult(locked -> {
            db.jdbc().sql("select id from processing_run for update").query().singleRow();
            permits.release(10);
            Awaitility.await()
                    .pollInSameThread()
                    .until(() -> number("select count(*) from processing_queue where flow_name = 'tally'"
                                    + " and status = 'completed'")
                            == 10);
            assertThat(state()).isEqualTo("processing");
        });
        worker.until(() -> state().equals("completed"));
        assertThat(ends()).containsExactly("1: 10 10 0 0");
    }
}
