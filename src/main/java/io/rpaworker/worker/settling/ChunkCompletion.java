package io.rpaworker.worker.settling;

import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureLog;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.Handled;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.ThreadLoan;
import io.rpaworker.queue.Completions.Found;
import io.rpaworker.worker.inflight.FlowMeters;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionSystemException;

/**
 * Completes a chunk of one claim's records together with what their handler writes: one transaction, guarded by the
 * claim's id. A chunk that fails is halved until the culprit stands alone, whatever the failure is.
 */
final class ChunkCompletion<P, R extends @Nullable Object> {

    private static final Logger log = LoggerFactory.getLogger(ChunkCompletion.class);
    private static final FailureLog told = new FailureLog(log);
    private static final int TRIES = 10;
    private static final int TRIES_OF_INTERNAL = 3;

    private final Flow<P, R> flow;
    private final ChunkTransaction.Parts transactions;
    private final FailureClassifier failures;
    private final FlowMeters meters;
    private final WriteViolations violations;
    private final UntilAnswered answers;
    private final Duration pause;

    /**
     * Completes records of one flow.
     *
     * @param pause before rpa_db is asked again after it did not answer
     */
    ChunkCompletion(
            Flow<P, R> flow,
            ChunkTransaction.Parts transactions,
            FailureClassifier failures,
            FlowMeters meters,
            WriteViolations violations,
            Duration pause) {
        this.flow = flow;
        this.transactions = transactions;
        this.failures = failures;
        this.meters = meters;
        this.violations = violations;
        this.answers = new UntilAnswered(flow.name(), RuntimeException.class::isInstance, pause);
        this.pause = pause;
    }

    /**
     * Completes what is still the claim's. Returns early when the claim's lease ends before the database has said what
     * became of the chunk: then the records are the sweep's.
     */
    Rest<P, R> complete(InFlightClaim claim, List<Complete<P, R>> chunk) throws InterruptedException {
        var round = new Round(claim);
        round.complete(chunk);
        return new Rest<>(round.refused, round.anyCompleted);
    }

    /**
     * What is left of a chunk.
     *
     * @param refused what is still the claim's and was not completed
     * @param anyCompleted whether rpa_db has taken some of the chunk
     */
    record Rest<P, R extends @Nullable Object>(List<Refused<P, R>> refused, boolean anyCompleted) {}

    /**
     * A record that was not completed.
     *
     * @param failure what was in the way
     * @param own whether the record's own write failed; otherwise it is rpa_db that would not take it for a while
     */
    record Refused<P, R extends @Nullable Object>(Complete<P, R> complete, Throwable failure, boolean own) {}

    /** One chunk, down to the parts that it is divided into. */
    private final class Round {

        private final InFlightClaim claim;
        private final List<Refused<P, R>> refused = new ArrayList<>();
        private boolean anyCompleted;
        private int unavailable;
        private int mostInARow = Integer.MAX_VALUE;

        private Round(InFlightClaim claim) {
            this.claim = claim;
        }

        private void complete(List<Complete<P, R>> chunk) throws InterruptedException {
            List<Complete<P, R>> open = chunk;
            while (!open.isEmpty() && claim.isTrusted()) {
                Loop.comesRound(Duration.ZERO);
                ChunkTransaction tried = transactions.of(claim, open);
                try {
                    completed(open, commit(tried, open));
                    tried.committed();
                    return;
                } catch (Throwable thrown) {
                    Throwable failure = original(thrown);
                    open = tried.isInDoubt() ? resolve(open, tried) : stillOpen(open, tried);
                    boolean infrastructure = isInfrastructure(failure);
                    if (!infrastructure || !triesAgain(open, failure)) {
                        divide(open, failure, infrastructure);
                        return;
                    }
                    told.triedAgain("Completing", open.size(), flow.name(), unavailable, failure);
                    Thread.sleep(pause);
                }
            }
        }

        private boolean isInfrastructure(Throwable failure) {
            return switch (failures.judge(failure)) {
                case SOURCE_UNAVAILABLE -> true;
                case RETRYABLE -> failures.isInternal(failure);
                case REJECTED -> false;
            };
        }

        // An outage passes, so the chunk is tried again. What does not pass may be one record's, a row that somebody
        // has locked: from then on each part is tried once.
        private boolean triesAgain(List<Complete<P, R>> open, Throwable failure) {
            unavailable++;
            if (isDivided()) {
                return false;
            }
            if (unavailable < (failures.isInternal(failure) ? TRIES_OF_INTERNAL : TRIES)) {
                return true;
            }
            unavailable = 0;
            mostInARow = Integer.SIZE - Integer.numberOfLeadingZeros(open.size());
            return false;
        }

        private boolean isDivided() {
            return mostInARow < Integer.MAX_VALUE;
        }

        private void divide(List<Complete<P, R>> open, Throwable failure, boolean infrastructure)
                throws InterruptedException {
            if (open.size() == 1) {
                refuse(open, failure, !infrastructure || failures.isInternal(failure));
            } else if (infrastructure && unavailable > mostInARow) {
                // One culprit would have been found by now. It is all of them: a missing table, a table that is locked.
                refuse(open, failure, false);
            } else {
                int half = open.size() / 2;
                complete(open.subList(0, half));
                complete(open.subList(half, open.size()));
            }
        }

        private void refuse(List<Complete<P, R>> open, Throwable failure, boolean own) {
            open.forEach(it -> refused.add(new Refused<>(it, failure, own)));
        }

        private void completed(List<Complete<P, R>> chunk, Set<Long> completed) {
            unavailable = 0;
            anyCompleted |= !completed.isEmpty();
            report(chunk, completed);
        }

        // The answer to COMMIT was lost. Nothing is guessed: the rows say what happened.
        private List<Complete<P, R>> resolve(List<Complete<P, R>> chunk, ChunkTransaction tried)
                throws InterruptedException {
            Found found = answers.ask(claim, "Asking after a commit of", chunk.size(), tried::find)
                    .orElse(null);
            if (found == null) {
                return chunk;
            }
            log.info(
                    "A commit of {} records of flow {} was in doubt: {} were completed, {} were not",
                    chunk.size(),
                    flow.name(),
                    found.completed().size(),
                    found.stillClaimed().size());
            if (found.completed().size() == chunk.size()) {
                tried.committed();
            }
            return answered(chunk, found);
        }

        // COMMIT was never sent, so that nothing is completed, unless the write itself has committed: that cannot be
        // taken back.
        private List<Complete<P, R>> stillOpen(List<Complete<P, R>> chunk, ChunkTransaction tried) {
            try {
                Found found = tried.find();
                if (found.completed().isEmpty()) {
                    return chunk;
                }
                violations.committed(found.completed());
                return answered(chunk, found);
            } catch (RuntimeException e) {
                log.debug("Nobody knows whether a write of flow {} has committed by itself", flow.name(), e);
                return chunk;
            }
        }

        private List<Complete<P, R>> answered(List<Complete<P, R>> chunk, Found found) {
            var answered = new ArrayList<>(chunk);
            answered.removeIf(
                    it -> found.stillClaimed().contains(it.work().record().id()));
            // Nothing of it taken is one more failure, as if it had not come as far as COMMIT.
            if (!answered.isEmpty()) {
                completed(answered, found.completed());
            }
            return chunk.stream().filter(it -> !answered.contains(it)).toList();
        }
    }

    private Set<Long> commit(ChunkTransaction transaction, List<Complete<P, R>> chunk) {
        return transaction.commit(completed -> write(chunk.stream()
                .map(Complete::handled)
                .filter(it -> completed.contains(it.record().id()))
                .sorted(Comparator.comparingLong(it -> it.record().id()))
                .toList()));
    }

    private void write(List<Handled<P, R>> handled) {
        var loan = new ThreadLoan(flow.handler());
        try {
            flow.handler().write(handled);
        } finally {
            loan.end();
        }
    }

    private void report(List<Complete<P, R>> chunk, Set<Long> completed) {
        chunk.forEach(it -> {
            if (completed.contains(it.work().record().id())) {
                meters.settled(FlowMeters.Outcome.COMPLETED, it.nanos());
            }
        });
        int lost = chunk.size() - completed.size();
        if (lost > 0) {
            meters.fenceRejected(lost);
            log.warn("{} records of flow {} were no longer ours when they were to be completed", lost, flow.name());
        }
    }

    // If rolling back failed as well, Spring throws that; what made it roll back says what it was.
    private static Throwable original(Throwable thrown) {
        Throwable original =
                thrown instanceof TransactionSystemException system ? system.getApplicationException() : null;
        return original == null ? thrown : original;
    }
}
