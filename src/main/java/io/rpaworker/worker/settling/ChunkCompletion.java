package io.rpaworker.worker.settling;

import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.Handled;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.ThreadLoan;
import io.rpaworker.queue.Completions.Found;
import io.rpaworker.worker.inflight.FlowMeters;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionSystemException;

/**
 * Completes a chunk of one claim's records together with what their handler writes: one transaction, guarded by the
 * claim's id. A chunk that fails is divided by {@link ChunkBisection}.
 */
final class ChunkCompletion<P, R extends @Nullable Object> {

    private static final Logger log = LoggerFactory.getLogger(ChunkCompletion.class);

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
     * became of the chunk: then the records are recovery's.
     */
    Rest<P, R> complete(InFlightClaim claim, List<Complete<P, R>> chunk) throws InterruptedException {
        var round = new Round(claim);
        var bisection = new ChunkBisection<>(flow.name(), failures, claim::isTrusted, pause, round::attempt);
        return new Rest<>(bisection.run(chunk), round.anyCompleted);
    }

    /**
     * What is left of a chunk.
     *
     * @param refused what is still the claim's and was not completed
     * @param anyCompleted whether rpa_db has taken some of the chunk
     */
    record Rest<P, R extends @Nullable Object>(
            List<ChunkBisection.Refused<Complete<P, R>>> refused, boolean anyCompleted) {}

    /** One chunk of a claim. */
    private final class Round {

        private final InFlightClaim claim;
        private boolean anyCompleted;

        private Round(InFlightClaim claim) {
            this.claim = claim;
        }

        private ChunkBisection.Tried<Complete<P, R>> attempt(List<Complete<P, R>> part) throws InterruptedException {
            ChunkTransaction tried = transactions.of(claim, part);
            try {
                completed(part, commit(tried, part));
                tried.committed();
                return new ChunkBisection.Tried<>(List.of(), null);
            } catch (Throwable thrown) {
                Throwable failure = original(thrown);
                List<Complete<P, R>> open = tried.isInDoubt() ? resolve(part, tried) : stillOpen(part, tried);
                return new ChunkBisection.Tried<>(open, failure);
            }
        }

        private void completed(List<Complete<P, R>> chunk, Set<Long> completed) {
            anyCompleted |= !completed.isEmpty();
            report(chunk, completed);
        }

        // The answer to COMMIT was lost. Nothing is guessed: the rows say what happened.
        private List<Complete<P, R>> resolve(List<Complete<P, R>> chunk, ChunkTransaction tried)
                throws InterruptedException {
            // The commit may have taken as long as a connection lets it.
            Loop.comesRound(pause);
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
            // By their ids: what a handler has answered may not be fit to be compared.
            Map<Boolean, List<Complete<P, R>>> parts = chunk.stream()
                    .collect(Collectors.partitioningBy(it ->
                            found.stillClaimed().contains(it.work().record().id())));
            List<Complete<P, R>> open = parts.getOrDefault(true, List.of());
            List<Complete<P, R>> answered = parts.getOrDefault(false, List.of());
            // Nothing of it taken is one more failure, as if it had not come as far as COMMIT.
            if (!answered.isEmpty()) {
                completed(answered, found.completed());
            }
            return open;
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
        var loan = new ThreadLoan(flow.code());
        try {
            flow.handler().write(handled);
        } finally {
            loan.end();
        }
    }

    private void report(List<Complete<P, R>> chunk, Set<Long> completed) {
        chunk.forEach(it -> {
            if (completed.contains(it.work().record().id())) {
                meters.completed(it.nanos());
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
