package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

import io.rpaworker.control.Actor;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Runs;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a run's statements ask for, each in the one order of steps in which it matters; a storm hardly hits them. */
class RunGuardsTests {

    private final RpaDb db = Postgres.migrated();
    private final TallyFlow flow = new TallyFlow();
    private final List<Semaphore> gates = List.of(new Semaphore(0), new Semaphore(0));
    private final Semaphore rest = new Semaphore(0);
    private final AtomicInteger arrived = new AtomicInteger();

    @BeforeEach
    void tables() {
        TallyFlow.tables(db);
    }

    @AfterEach
    void letAllGoOn() {
        gates.forEach(it -> it.release(100));
        rest.release(100);
    }

    // The first two that arrive have a gate each, the others one together.
    private void arrive() {
        int nth = arrived.getAndIncrement();
        (nth < gates.size() ? gates.get(nth) : rest).acquireUninterruptibly();
    }

    private String run(String columns) {
        return db.jdbc()
                .sql("select concat_ws(' ', " + columns + ") from processing_run")
                .query(String.class)
                .single();
    }

    private List<String> ends() {
        return db.jdbc()
                .sql(
                        "select round || ': ' || records || ' ' || completed || ' ' || failed || ' ' || open from tally_end order by at")
                .query(String.class)
                .list();
    }

    private long completed(String key) {
        return db.jdbc()
                .sql("select count(*) from processing_queue where status = 'completed' and run_key = :key")
                .param("key", key)
                .query(Long.class)
                .single();
    }

    private static long start(TestWorker worker, int records) {
        return worker.bean(Runs.class).start(TallyFlow.FLOW, Map.of("records", records));
    }

    @Test
    void aRoundDoesNotEndBeforeTheEndOfTheOneBeforeHasFoundThatItIsTooLate() {
        flow.failing.add(2);
        flow.before = step -> {
            if (step.equals("end")) {
                arrive();
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 2);
            worker.until(() -> arrived.get() == 1);
            flow.failing.clear();
            assertThat(worker.bean(RunOrders.class).retry(run).orElseThrow().changed())
                    .isTrue();
            worker.until(() -> completed("item-2") == 1);
            assertThat(worker.bean(RunClosing.class).close(run)).isEmpty();
            assertThat(run("state, round")).isEqualTo("processing 2");

            gates.forEach(Semaphore::release);
            worker.until(() -> run("state").equals("completed"));
            assertThat(ends()).containsExactly("2: 2 2 0 0");
        }
    }

    @Test
    void anEndOfARoundThatIsOverWritesNothing() {
        flow.before = step -> {
            if (step.equals("end")) {
                arrive();
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            start(worker, 2);
            worker.until(() -> arrived.get() == 1);
            // As it is if the round was closed over this end.
            db.jdbc().sql("update processing_run set round = 2").update();
            gates.get(0).release();
            worker.until(() -> completed("#end:1") == 1);
        }
        assertThat(ends()).isEmpty();
        assertThat(run("round, state")).startsWith("2").doesNotContain("completed");
    }

    @Test
    void whatAnEndHasAddedWithoutAKeyIsTriedAgainAsOthersAre() {
        flow.more = List.of(NewRecord.of("{\"n\": 50}"));
        flow.failing.add(50);
        flow.before = step -> {
            if (step.equals("end")) {
                arrive();
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            start(worker, 1);
            gates.get(0).release();
            worker.until(() -> arrived.get() == 2);
            assertThat(run("state, round")).isEqualTo("post_processing 2");
            flow.failing.clear();
            db.jdbc()
                    .sql("update processing_queue set status = 'pending' where status = 'failed'")
                    .update();
            assertThat(run("state, round")).isEqualTo("processing 3");

            gates.get(1).release();
            rest.release();
            worker.until(() -> run("state").equals("completed"));
            assertThat(ends()).containsExactly("1: 1 1 0 0", "3: 2 2 0 0");
        }
    }

    @Test
    void aPageThatWasAddedMeanwhileIsNotAddedAgain() {
        flow.before = step -> {
            if (step.equals("page") && !run("pages").equals("0")) {
                arrive();
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            start(worker, 7);
            worker.until(() -> arrived.get() == 1);
            // As a reopening adds it, whose predecessor was believed dead.
            db.jdbc().sql("""
                            insert into processing_queue (flow_name, run_id, run_key, payload)
                            select flow_name, run_id, '#page:1:2.0', payload from processing_queue where run_key = '#page:1'
                            """).update();
            worker.until(() -> arrived.get() == 2);
            gates.get(0).release();
            worker.until(() -> arrived.get() == 3);
            rest.release();
            worker.until(() -> arrived.get() == 4);
            assertThat(run("pages, cursor, discovered")).isEqualTo("3 7 6");

            // It has read what is there since long, and would lead back to it.
            gates.get(1).release();
            worker.until(() -> completed("#page:1") + completed("#page:1:2.0") == 2);
            assertThat(run("pages, cursor, discovered")).isEqualTo("3 7 6");

            rest.release();
            worker.until(() -> run("state").equals("completed"));
            assertThat(run("pages, discovered")).isEqualTo("4 7");
            assertThat(ends()).containsExactly("1: 7 7 0 0");
        }
    }

    // Of one record, which has failed for good.
    private long runWithADeadLetter(String state) {
        long run = db.jdbc().sql("""
                        insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at, discovered_at,
                            ended_at)
                        values ('tally', 'api', 'x', :state, 'ada', now(), now(), case when :state like 'complet%' then now() end)
                        returning id
                        """).param("state", state).query(Long.class).single();
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, run_id, run_key, payload, status, failed_at, failure_kind)
                        values ('tally', :run, 'item-1', '{}', 'failed', now(), 'error')
                        """).param("run", run).update();
        return run;
    }

    private TransactionTemplate transaction() {
        return new TransactionTemplate(new JdbcTransactionManager(db.dataSource()));
    }

    private CompletableFuture<Boolean> closedMeanwhile(RunClosing closing, long run) {
        var closed = new CompletableFuture<Boolean>();
        Thread.ofVirtual().start(() -> closed.complete(closing.close(run).isPresent()));
        return closed;
    }

    @Test
    void aRunIsNotClosedOverARetryThatIsNotCommittedYet() {
        long run = runWithADeadLetter("processing");
        var closing = QueueParts.over(db.dataSource()).part(RunClosing.class);

        CompletableFuture<Boolean> closed = transaction().execute(open -> {
            db.jdbc().sql("update processing_queue set status = 'pending'").update();
            CompletableFuture<Boolean> meanwhile = closedMeanwhile(closing, run);
            // It has given up at once, or it waits for the run's row.
            Awaitility.await().pollInSameThread().until(() -> meanwhile.isDone() || isWaitedFor());
            return meanwhile;
        });

        assertThat(closed.orTimeout(10, TimeUnit.SECONDS).join()).isFalse();
        assertThat(run("state, round")).isEqualTo("processing 1");
        assertThat(closing.close(run)).isEmpty();
        db.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now()")
                .update();
        closing.close(run).ifPresentOrElse(it -> {}, () -> fail("It stays open"));
        assertThat(run("state, round")).isEqualTo("post_processing 1");
    }

    @Test
    void aRunIsNotClosedWithACountThatIsOlderThanARetry() {
        long run = runWithADeadLetter("processing");
        var closing = QueueParts.over(db.dataSource()).part(RunClosing.class);

        CompletableFuture<Boolean> closed = transaction().execute(open -> {
            // Rows may be read and none locked: so it has counted, and waits.
            db.jdbc().sql("lock table processing_run in exclusive mode").update();
            // What else this transaction does to the run hides nothing.
            db.jdbc().sql("update processing_run set reason = null").update();
            CompletableFuture<Boolean> meanwhile = closedMeanwhile(closing, run);
            Awaitility.await().pollInSameThread().until(this::isWaitedFor);
            db.jdbc().sql("update processing_queue set status = 'pending'").update();
            db.jdbc()
                    .sql("update processing_queue set status = 'processing', claimed_at = now()")
                    .update();
            return meanwhile;
        });

        assertThat(closed.orTimeout(10, TimeUnit.SECONDS).join()).isFalse();
        assertThat(run("state, round")).isEqualTo("processing 1");
    }

    @Test
    void manyRetriesOfOneTransactionAreOneToTheRun() {
        long run = runWithADeadLetter("processing");
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, run_id, run_key, payload, status, failed_at, failure_kind)
                        select 'tally', :run, 'more-' || n, '{}', 'failed', now(), 'error' from generate_series(1, 1000) n
                        """).param("run", run).update();
        db.jdbc().sql("update processing_queue set status = 'pending'").update();
        assertThat(run("state, round, revivals")).isEqualTo("processing 1 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status = 'pending'",
                "status = 'processing', claimed_at = now()",
                "next_retry_at = now() + interval '1 hour'",
                "status = 'pending', next_retry_at = now() + interval '1 hour'"
            })
    void aRunGoesOnWhateverIsSetByHand(String set) {
        runWithADeadLetter("completed_with_failures");
        db.jdbc().sql("update processing_queue set " + set).update();
        assertThat(run("state, round, ended_at")).isEqualTo("processing 2");
    }

    @Test
    void aRunGoesOnWithARecordThatWasInAStateOfSomebodysOwn() {
        runWithADeadLetter("completed_with_failures");
        db.execute("alter table processing_queue drop constraint if exists processing_queue_status_check");
        db.jdbc().sql("update processing_queue set status = 'on hold'").update();
        assertThat(run("state, round")).isEqualTo("completed_with_failures 1");
        db.jdbc().sql("update processing_queue set status = 'pending'").update();
        assertThat(run("state, round, ended_at")).isEqualTo("processing 2");
    }

    @Test
    void aRecordThatHadARunsNumberBeforeThereWereRunsIsInNone() {
        long run = runWithADeadLetter("processing");
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, run_id, payload, status, failed_at, failure_kind)
                        select 'other', :run, '{}', unnest(array['pending', 'failed']), unnest(array[null, now()]),
                            unnest(array[null, 'error'])
                        """).param("run", run).update();
        RunClosing closing = QueueParts.over(db.dataSource()).part(RunClosing.class);
        assertThat(closing.candidates(0)).hasSize(1);
        assertThat(closing.close(run).orElseThrow().to()).isEqualTo(RunState.POST_PROCESSING);

        db.jdbc()
                .sql("update processing_queue set status = 'pending' where flow_name = 'other'")
                .update();

        assertThat(run("state, round, revivals")).isEqualTo("post_processing 1 0");
        assertThat(QueueParts.over(db.dataSource()).part(RunOrders.class).cancel(run, new Actor("ada", "wrong night")))
                .isPresent();
        QueueParts.over(db.dataSource()).part(RunOrders.class).withdraw(run);
        assertThat(db.jdbc()
                        .sql("select string_agg(distinct status, ' ') from processing_queue where flow_name = 'other'")
                        .query(String.class)
                        .single())
                .isEqualTo("pending");
    }

    @Test
    void aPartThatIsThereAlreadyIsNotTakenForAdded() {
        long run = runWithADeadLetter("processing");
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, run_id, run_key, payload, status, failed_at, failure_kind)
                        values ('tally/end', :run, '#end:1', '{}', 'failed', now(), 'error')
                        """).param("run", run).update();
        var closing = QueueParts.over(db.dataSource()).part(RunClosing.class);
        assertThatIllegalStateException()
                .isThrownBy(() -> closing.close(run))
                .withMessage("Run %d has its part #end:1 already", run);
        assertThat(run("state")).isEqualTo("processing");
    }

    @Test
    void anEndThatWasDiscardedComesInTheNextRound() {
        long run = runWithADeadLetter("post_processing");
        RunClosing closing = QueueParts.over(db.dataSource()).part(RunClosing.class);
        RunOrders orders = QueueParts.over(db.dataSource()).part(RunOrders.class);
        db.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now(), failed_at = null")
                .update();
        assertThat(closing.close(run).orElseThrow().reason()).contains("nothing is left of it");

        assertThat(orders.retry(run).orElseThrow().changed()).isTrue();

        assertThat(run("state, round, ended_at")).isEqualTo("processing 2");
        assertThat(closing.close(run).orElseThrow().to()).isEqualTo(RunState.POST_PROCESSING);
    }

    @Test
    void whatIsCancelledIsReopenedAndNotRetried() {
        long run = runWithADeadLetter("processing");
        RunOrders orders = QueueParts.over(db.dataSource()).part(RunOrders.class);
        orders.cancel(run, new Actor("ada", "wrong night"));
        assertThat(QueueParts.over(db.dataSource()).part(RunClosing.class).close(run))
                .isPresent();
        assertThat(run("state, reason")).isEqualTo("cancelled Cancelled by ada: wrong night");

        assertThat(orders.retry(run).orElseThrow().changed()).isFalse();
        assertThat(run("state")).isEqualTo("cancelled");
        assertThat(orders.reopen(run).orElseThrow().changed()).isTrue();
        assertThat(run("state, round")).isEqualTo("processing 2");
    }

    @Test
    void aSecondRetryInARoundTriesAgainWhatHasFailedSince() {
        flow.failing.addAll(List.of(1, 2));
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 3);
            worker.until(() -> run("state").equals("completed_with_failures"));
            flow.before = step -> {
                if (step.equals("end")) {
                    arrive();
                }
            };
            flow.failing.remove(1);
            worker.bean(RunOrders.class).retry(run);
            worker.until(() -> arrived.get() == 1);
            assertThat(run("state, round")).isEqualTo("post_processing 2");
            flow.failing.clear();

            // Of the same round, as it is while the run is processing.
            db.jdbc().sql("update processing_run set state = 'processing'").update();
            assertThat(worker.bean(RunOrders.class).retry(run).orElseThrow().changed())
                    .isTrue();
            worker.until(() -> completed("item-2") == 1);

            gates.forEach(Semaphore::release);
            rest.release();
        }
    }

    @Test
    void aRunThatWasReopenedMeanwhileHasNothingWithdrawn() {
        flow.failing.add(1);
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 2);
            worker.until(() -> run("state").equals("completed_with_failures"));
            db.jdbc()
                    .sql(
                            "update processing_queue set status = 'pending', available_at = now() + interval '1 hour' where status = 'failed'")
                    .update();
            assertThat(run("state, round")).isEqualTo("processing 2");

            assertThat(worker.bean(RunOrders.class).withdraw(run)).isZero();

            assertThat(db.jdbc()
                            .sql("select count(*) from processing_queue where status = 'pending'")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    private boolean isWaitedFor() {
        return db.jdbc()
                        .sql("select count(*) from pg_locks where pg_backend_pid() = any (pg_blocking_pids(pid))")
                        .query(Long.class)
                        .single()
                > 0;
    }
}
