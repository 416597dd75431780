package io.rpaworker.run;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunCompletion.When;
import io.rpaworker.handler.RunSummary;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.Run.Counts;
import io.rpaworker.queue.run.RunDiscovery;
import io.rpaworker.queue.run.RunEnd;
import io.rpaworker.queue.run.RunEnd.Ended;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Ends a run: calls the author's completion with nothing open, then ends the run in the transaction in which that
 * writes.
 */
final class EndHandler<C> implements RecordHandler<RunPart, EndFound<C>> {

    private static final Logger log = LoggerFactory.getLogger(EndHandler.class);

    private final RunKind<?, C> kind;
    private final RunDiscovery discovery;
    private final RunEnd end;
    private final RunMeters meters;

    EndHandler(RunKind<?, C> kind, RunDiscovery discovery, RunEnd end, RunMeters meters) {
        this.kind = kind;
        this.discovery = discovery;
        this.end = end;
        this.meters = meters;
    }

    @Override
    public String flow() {
        return kind.flow() + RunPart.END;
    }

    @Override
    public List<Source> sources() {
        RunCompletion<C, @Nullable Object> completion = kind.runCompletion();
        return completion == null ? List.of() : completion.sources();
    }

    @Override
    public Outcome<EndFound<C>> handle(WorkRecord<RunPart> record) throws Exception {
        RunPart part = record.payload();
        Run run = Led.by(discovery, part.run(), record.id()).orElse(null);
        if (run == null || run.state() != RunState.POST_PROCESSING || run.round() != part.round()) {
            return Outcome.completed(EndFound.tooLate());
        }
        RunCompletion<C, @Nullable Object> completion = kind.runCompletion();
        if (completion == null) {
            return Outcome.completed(EndFound.nothingToDo());
        }
        RunSummary<C> summary;
        try {
            summary = summary(run);
        } catch (InvalidPayloadException e) {
            return Outcome.rejected(RunKind.misfit(e));
        }
        if (completion.when() == When.ALL_SUCCEEDED && !summary.allSucceeded()) {
            return Outcome.completed(EndFound.nothingToDo());
        }
        return Outcome.completed(new EndFound<>(false, true, summary, completion.handle(summary)));
    }

    private RunSummary<C> summary(Run run) {
        Counts counts = Objects.requireNonNull(run.counts());
        return new RunSummary<>(
                kind.completionContext(run),
                run.round(),
                counts.records(),
                counts.completed(),
                counts.failed(),
                counts.cancelled());
    }

    @Override
    public void write(List<Handled<RunPart, EndFound<C>>> chunk) {
        chunk.forEach(it -> write(it.record().payload(), it.result()));
    }

    private void write(RunPart part, EndFound<C> found) {
        if (found.late() || !end.isToEnd(part)) {
            log.info(
                    "Run {} of flow {} goes on; its end of round {} is left out",
                    part.run(),
                    kind.flow(),
                    part.round());
            return;
        }
        RunSummary<C> summary = found.summary();
        List<NewRecord> more = summary == null ? List.of() : more(summary, found.result());
        end.end(part, kind.flow(), more)
                .ifPresentOrElse(
                        it -> afterCommit(() -> ended(part, it)),
                        () -> afterCommit(() -> log.info(
                                "Run {} of flow {} goes on with up to {} records that its end has added",
                                part.run(),
                                kind.flow(),
                                more.size())));
    }

    @SuppressWarnings("NullAway") // What its author may answer with null he is given as null.
    private List<NewRecord> more(RunSummary<C> summary, @Nullable Object result) {
        List<NewRecord> more = Objects.requireNonNull(kind.runCompletion()).write(summary, result);
        return Objects.requireNonNull(
                more, () -> "write of the RunCompletion of flow %s answers null".formatted(kind.flow()));
    }

    private void ended(RunPart part, Ended ended) {
        Duration took = Duration.between(ended.startedAt(), ended.endedAt());
        meters.ended(kind.flow(), ended.state(), took);
        log.info(
                "Run {} of flow {} has ended, round {}: {}, {} after it began",
                part.run(),
                kind.flow(),
                part.round(),
                ended.state().column(),
                DurationText.of(took));
    }

    private static void afterCommit(Runnable told) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                told.run();
            }
        });
    }
}
