package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.RunSummary;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.settings.SettingsException;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What stops a start, since no run of the flow could be as its author or its configuration means it. */
class RunFlowsTests {

    private static final RpaDb DB = Postgres.migrated();

    private static final class Done implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public String flow() {
            return TallyFlow.FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) {
            return Outcome.completed(true);
        }
    }

    private static class Nothing implements RecordSource<Map<String, Object>> {

        @Override
        public String flow() {
            return TallyFlow.FLOW;
        }

        @Override
        public Page page(RunContext<Map<String, Object>> run, @Nullable String cursor, int size) {
            return Page.last(List.of());
        }
    }

    private static final class TransactionalSource extends Nothing {

        @Override
        @Transactional
        public Page page(RunContext<Map<String, Object>> run, @Nullable String cursor, int size) {
            return super.page(run, cursor, size);
        }
    }

    private static class Counted implements RunCompletion<Map<String, Object>, Long> {

        @Override
        public String flow() {
            return TallyFlow.FLOW;
        }

        @Override
        public Long handle(RunSummary<Map<String, Object>> run) {
            return run.records();
        }
    }

    @Transactional
    private static final class TransactionalCompletion extends Counted {

        @Override
        public Long handle(RunSummary<Map<String, Object>> run) {
            return super.handle(run);
        }
    }

    private static final class CompletionOfItsOwn extends Counted {

        @Override
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public List<NewRecord> write(RunSummary<Map<String, Object>> run, Long records) {
            return List.of();
        }
    }

    private static TestWorker.Builder tally(Object... beans) {
        TestWorker.Builder builder = TestWorker.on(DB).bean(new Done()).flow(TallyFlow.FLOW);
        for (Object it : beans) {
            builder.bean(it);
        }
        return builder;
    }

    private static void assertRefused(TestWorker.Builder builder, String... reasons) {
        assertThatException()
                .isThrownBy(() -> builder.start().close())
                .satisfies(it -> assertThat(refusal(it)).hasMessageContainingAll(reasons));
    }

    private static @Nullable Throwable refusal(Throwable failure) {
        Throwable found = failure;
        while (found != null && !(found instanceof SettingsException)) {
            found = found.getCause();
        }
        return found;
    }

    @Test
    void aScheduleOfAFlowWithoutRuns() {
        assertRefused(
                tally().property("rpa.flows.tally.run.schedule", "0 0 2 * * *"),
                "rpa.flows.tally.run.schedule is set, but no RecordSource bean has this flow");
        tally().property("rpa.global.run.schedule", "0 0 2 * * *").start().close();
        tally().property("rpa.flows.tally.run.schedule", "-").start().close();
    }

    @Test
    void aScheduleOfASourceThatNeedsParameters() {
        var flow = new TallyFlow();
        assertRefused(
                flow.on(DB).property("rpa.flows.tally.run.schedule", "0 0 2 * * *"),
                "which starts runs without parameters, but those of",
                "records");
    }

    @Test
    void transactionsOfAnAuthorsOwn() {
        assertRefused(tally(new TransactionalSource()), "page of ", "flow 'tally', is @Transactional");
        assertRefused(
                tally(new Nothing(), new TransactionalCompletion()), "handle of ", "flow 'tally', is @Transactional");
        assertRefused(
                tally(new Nothing(), new CompletionOfItsOwn()),
                "write of ",
                "flow 'tally', asks for a transaction that is not the worker's: propagation REQUIRES_NEW");
        tally(new Nothing(), new Counted()).start().close();
    }
}
