package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.control.Actor;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RunCompletion.When;
import io.rpaworker.handler.RunUnderWayException;
import io.rpaworker.handler.Runs;
import io.rpaworker.queue.run.NewRuns;
import io.rpaworker.queue.run.NewRuns.NewRun;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.queue.run.Trigger;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** A run from its start to its end, as an author of its parts sees it. */
class RunTests {

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

    private static long start(TestWorker worker, int records) {
        return worker.bean(Runs.class).start(TallyFlow.FLOW, Map.of("records", records));
    }

    private String state(long run) {
        return value("select state from processing_run where id = " + run, String.class);
    }

    private <T> T value(String sql, Class<T> type) {
        return sql(sql).query(type).single();
    }

    private StatementSpec sql(String sql) {
        return db.jdbc().sql(sql);
    }

    private List<Map<String, Object>> ends(long run) {
        return sql("select round, records, completed, failed, open from tally_end where run_id = " + run
                        + " order by at")
                .query()
                .listOfRows();
    }

    private static Map<String, Object> end(int round, long records, long completed, long failed) {
        return Map.of("round", round, "records", records, "completed", completed, "failed", failed, "open", 0L);
    }

    @Test
    void itsRecordsAreFoundAndProcessedAndThenItEndsOnce() {
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 7);
            worker.until(() -> state(run).equals("completed"));

            assertThat(sql("select n from tally_effect order by n")
                            .query(Integer.class)
                            .list())
                    .containsExactly(1, 2, 3, 4, 5, 6, 7);
            assertThat(value("select min(key) from tally_effect", String.class)).isEqualTo("item-1");
            assertThat(ends(run)).containsExactly(end(1, 7, 7, 0));
            assertThat(
                            sql("select pages, discovered, round, leader_term, counts ->> 'records' as records, cursor from processing_run")
                                    .query()
                                    .singleRow())
                    .containsEntry("pages", 4L)
                    .containsEntry("discovered", 7L)
                    .containsEntry("round", 1)
                    .containsEntry("leader_term", 1L)
                    .containsEntry("records", "7")
                    .containsEntry("cursor", null);
        }
    }

    @Test
    void theSameKeysAreNewToTheNextRun() {
        try (TestWorker worker = flow.on(db).start()) {
            long first = start(worker, 3);
            worker.until(() -> state(first).equals("completed"));
            long second = start(worker, 3);
            worker.until(() -> state(second).equals("completed"));

            assertThat(value("select count(*) from tally_effect", Long.class)).isEqualTo(6);
            assertThat(ends(second)).containsExactly(end(1, 3, 3, 0));
        }
    }

    @Test
    void oneWithoutRecordsEndsLikeOthers() {
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 0);
            worker.until(() -> state(run).equals("completed"));
            assertThat(ends(run)).containsExactly(end(1, 0, 0, 0));
        }
    }

    @Test
    void oneAllOfWhoseRecordsFailEndsWithFailures() {
        flow.failing.addAll(List.of(1, 2, 3));
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 3);
            worker.until(() -> state(run).equals("completed_with_failures"));
            assertThat(ends(run)).containsExactly(end(1, 3, 0, 3));
        }
    }

    @Test
    void whatIsOnlyDoneIfAllSucceededIsLeftOutIfOneFails() {
        flow.failing.add(2);
        flow.when = When.ALL_SUCCEEDED;
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 3);
            worker.until(() -> state(run).equals("completed_with_failures"));
            assertThat(ends(run)).isEmpty();
        }
    }

    @Test
    void itEndsAfterTheChildrenOfItsRecords() {
        flow.parents.addAll(List.of(2, 3, 200, 20_000, 2_000_000));
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 3);
            worker.until(() -> state(run).equals("completed_with_failures"));

            // 20,000 has the children of 200, of 2; those of its own would be too deep, so it is a dead letter.
            assertThat(sql("select n from tally_effect order by n")
                            .query(Integer.class)
                            .list())
                    .containsExactly(
                            1, 2, 3, 200, 201, 202, 300, 301, 302, 20_000, 20_001, 20_002, 2_000_001, 2_000_002);
            assertThat(value("select error_message from processing_queue where status = 'failed'", String.class))
                    .contains("would be at depth 4, and rpa.flows.tally.run.max-depth is 3");
            assertThat(ends(run)).containsExactly(end(1, 15, 14, 1));
        }
    }

    @Test
    void itEndsAfterWhatItsEndHasAdded() {
        flow.more = List.of(NewRecord.of("{\"n\": 50}", "more"), NewRecord.of("{\"n\": 51}"));
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 1);
            worker.until(() -> state(run).equals("completed"));
            assertThat(ends(run)).containsExactly(end(1, 1, 1, 0), end(2, 3, 3, 0));
        }
    }

    @Test
    void aPageThatFailsForGoodFailsTheRunAndIsTriedAgainWithIt() {
        flow.before = step -> {
            if (step.equals("page") && value("select pages from processing_run", Long.class) == 1) {
                throw new IllegalStateException("page of the test");
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 7);
            worker.until(() -> state(run).equals("failed"));
            assertThat(value("select reason from processing_run", String.class))
                    .contains("Discovery has failed", "page of the test");
            assertThat(ends(run)).isEmpty();
            assertThat(value("select count(*) from tally_effect", Long.class)).isEqualTo(2);

            flow.before = step -> {};
            assertThat(worker.bean(RunOrders.class).retry(run).orElseThrow().changed())
                    .isTrue();
            worker.until(() -> state(run).equals("completed"));
            assertThat(ends(run)).containsExactly(end(2, 7, 7, 0));
            assertThat(value(
                            "select reason from processing_run where reason is not null union all select 'none'",
                            String.class))
                    .isEqualTo("none");
        }
    }

    @Test
    void deadLettersThatAreTriedAgainAfterTheEndHaveItEndOnceMore() {
        flow.failing.addAll(List.of(1, 2));
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 3);
            worker.until(() -> state(run).equals("completed_with_failures"));

            flow.failing.remove(1);
            worker.bean(RunOrders.class).retry(run);
            worker.until(() -> ends(run).size() == 2 && state(run).equals("completed_with_failures"));
            flow.failing.clear();
            // As somebody's SQL would.
            sql("update processing_queue set status = 'pending' where status = 'failed'")
                    .update();
            worker.until(() -> state(run).equals("completed"));

            assertThat(ends(run)).containsExactly(end(1, 3, 1, 2), end(2, 3, 2, 1), end(3, 3, 3, 0));
            assertThat(worker.bean(RunOrders.class).retry(run).orElseThrow().changed())
                    .isFalse();
        }
    }

    @Test
    void anEndThatFailsForGoodFailsTheRunAndIsTriedAgainWithIt() {
        flow.within = step -> {
            if (step.equals("end")) {
                throw new IllegalStateException("end of the test");
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            long run = start(worker, 1);
            worker.until(() -> state(run).equals("failed"));
            assertThat(value("select reason from processing_run", String.class))
                    .contains("done once at the end has failed", "end of the test");
            flow.within = step -> {};
            worker.bean(RunOrders.class).retry(run);
            worker.until(() -> state(run).equals("completed"));
            assertThat(ends(run)).containsExactly(end(1, 1, 1, 0));
        }
    }

    @Test
    void aCancelWithdrawsWhatWaitsAndInterruptsWhatRuns() {
        flow.before = step -> {
            if (step.equals("record")) {
                permits.acquireUninterruptibly();
            }
        };
        try (TestWorker worker =
                flow.on(db).property("rpa.flows.tally.concurrency", "1").start()) {
            long run = start(worker, 7);
            worker.until(() -> state(run).equals("processing"));
            worker.bean(RunOrders.class).cancel(run, new Actor("ada", "wrong night"));
            permits.release();
            worker.until(() -> state(run).equals("cancelled"));
            worker.until(() -> worker.bean(MeterRegistry.class)
                            .find("rpa.run.duration")
                            .tags("flow", TallyFlow.FLOW, "outcome", "cancelled")
                            .timer()
                    != null);

            assertThat(ends(run)).isEmpty();
            assertThat(value(
                            "select count(*) from processing_queue where flow_name = 'tally' and status in ('pending', 'processing')",
                            Long.class))
                    .isZero();
            assertThat(value(
                            "select max(error_message) from processing_queue where failure_kind = 'cancelled'",
                            String.class))
                    .isEqualTo("With its run: Cancelled by ada: wrong night");

            flow.before = step -> {};
            permits.release(10);
            worker.bean(RunOrders.class).reopen(run);
            worker.until(() -> state(run).equals("completed"));
            assertThat(ends(run)).containsExactly(end(2, 7, 7, 0));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndASecondOneWaitsItsTurn() {
        flow.before = step -> {
            if (step.equals("end")) {
                permits.acquireUninterruptibly();
            }
        };
        try (TestWorker worker = flow.on(db).start()) {
            Runs runs = worker.bean(Runs.class);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> runs.start("other", Map.of()))
                    .withMessage("Flow other has no RecordSource here");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> runs.start(TallyFlow.FLOW, Map.of("records", 10_001)))
                    .withMessage(
                            "The parameters do not fit: is not valid: records must be less than or equal to 10000");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> runs.start(TallyFlow.FLOW, Map.of("records", 1, "record", 2)))
                    .withMessage("The parameters do not fit: has 'record', which is none of [records]");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> runs.start(TallyFlow.FLOW, Map.of("records", 1, "a", "\0")))
                    .withMessage("The parameters do not fit: PostgreSQL cannot hold NUL or half a surrogate pair");
            long first = start(worker, 1);
            assertThatExceptionOfType(RunUnderWayException.class)
                    .isThrownBy(() -> start(worker, 1))
                    .satisfies(it -> assertThat(it.run()).isEqualTo(first));
            permits.release();
            worker.until(() -> state(first).equals("completed"));
        }
    }

    @Test
    void aParameterThatTheSourceDoesNotKnowFailsARunThatSomebodyStartedWithoutAskingIt() {
        try (TestWorker worker = flow.on(db).start()) {
            String misspelt = "{\"records\": 1, \"record\": 2}";
            long run = worker.bean(NewRuns.class)
                    .start(new NewRun(TallyFlow.FLOW, Trigger.OPERATOR, null, misspelt, false, Overlap.SKIP, "ada"))
                    .orElseThrow();
            worker.until(() -> state(run).equals("failed"));
            assertThat(value("select reason from processing_run", String.class))
                    .endsWith("The parameters do not fit: has 'record', which is none of [records]");
        }
    }
}
