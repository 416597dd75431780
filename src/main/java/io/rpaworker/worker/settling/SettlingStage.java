package io.rpaworker.worker.settling;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.Redactions;
import io.rpaworker.flow.Flow;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.Failures;
import io.rpaworker.queue.Releases;
import io.rpaworker.worker.inflight.InFlight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The last stage of a flow: gathers what was decided about its records into chunks, and settles them in the table.
 *
 * @param <P> the flow's payload
 * @param <R> its result
 */
public final class SettlingStage<P, R extends @Nullable Object> {

    /**
     * How many connections of rpa_db it uses at once: one settler waits for PostgreSQL while the other one prepares.
     */
    public static final int CONNECTIONS = 2;

    // Before rpa_db is asked again after it did not answer.
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final SettlementBuffer<P, R> buffer;
    private final FailedAttempts<P, R> attempts;
    private final WriteViolations violations;
    private final List<Loop> loops;

    private SettlingStage(
            SettlementBuffer<P, R> buffer,
            FailedAttempts<P, R> attempts,
            WriteViolations violations,
            List<Loop> loops) {
        this.buffer = buffer;
        this.attempts = attempts;
        this.violations = violations;
        this.loops = loops;
    }

    /** Makes the stages of flows. */
    @Component
    public static class Factory {

        private final ChunkTransaction.Parts chunks;
        private final Failures failures;
        private final Releases releases;
        private final FailureClassifier classifier;
        private final Redactions redactions;
        private final Loops loops;

        Factory(
                ChunkTransaction.Parts chunks,
                Failures failures,
                Releases releases,
                FailureClassifier classifier,
                Redactions redactions,
                Loops loops) {
            this.chunks = chunks;
            this.failures = failures;
            this.releases = releases;
            this.classifier = classifier;
            this.redactions = redactions;
            this.loops = loops;
        }

        /** A flow's stage; its loops are not started. */
        public <P, R extends @Nullable Object> SettlingStage<P, R> of(
                Flow<P, R> flow, FlowBreakers breakers, InFlight inFlight) {
            FailureClassifier own = classifier.after(flow.rules());
            var buffer = new SettlementBuffer<P, R>(
                    flow.settings().chunkSize(), inFlight.time().nanoTime());
            var attempts = new FailedAttempts<>(flow, redactions.after(flow.redactions()), inFlight.time());
            var violations = new WriteViolations(flow);
            var completion = new ChunkCompletion<>(flow, chunks, own, inFlight.meters(), violations, PAUSE);
            var others = new FailuresAndReleases<>(flow, failures, releases, own, inFlight, PAUSE);
            var refused = new WriteFailures<>(own, breakers, attempts);
            var role = Role.vital("settle-" + flow.name(), "Settlements of flow " + flow.name());
            List<Loop> settlers = Stream.generate(() ->
                            loops.of(role, new Settler<>(inFlight, buffer, completion, refused, others, attempts)))
                    .limit(CONNECTIONS)
                    .toList();
            return new SettlingStage<>(buffer, attempts, violations, settlers);
        }
    }

    /** Takes what was decided about a record; it is settled with others of its claim within some milliseconds. */
    public void accept(Settlement<P, R> settlement) {
        buffer.add(settlement);
    }

    /** Whether records are handled faster than they are settled, so that none should be started. */
    public boolean isFull() {
        return buffer.isFull();
    }

    /** What is made of failed attempts. */
    public FailedAttempts<P, R> attempts() {
        return attempts;
    }

    /** Settles from now on, on threads of its own. */
    public void start() {
        loops.forEach(Loop::start);
    }

    /** What settles. */
    public List<Loop> loops() {
        return loops;
    }

    /** Logs how many more failures there were of causes whose time is over; to be called now and then. */
    public void tellWhatIsOver() {
        attempts.tellWhatIsOver();
    }

    /** What the handler's {@code write} has done to its transaction, for people; empty if nothing is known. */
    public Optional<String> violation() {
        return violations.last();
    }

    /** Settles no more, and interrupts what is under way. What is unsettled then is left to recovery. */
    public void stop() {
        loops.forEach(Loop::stop);
    }

    /** Logs how many failures there were that have not been told of. */
    public void tellAll() {
        attempts.tellAll();
    }
}
