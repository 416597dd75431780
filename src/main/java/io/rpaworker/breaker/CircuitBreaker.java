package io.rpaworker.breaker;

import io.rpaworker.handler.Source;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.loop.ThreadLoan;
import io.rpaworker.text.DurationText;
import io.rpaworker.text.FailureReason;
import io.rpaworker.text.PostgresText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one source. While it does not answer, the flows that read it claim nothing; once its probe succeeds one
 * record is tried, and only when that has been handled do the flows go on.
 */
final class CircuitBreaker {

    private enum State {
        /** It does not answer, or has not been asked yet. */
        OPEN,
        /** Its probe succeeds, but there was no record to try it with. */
        READY,
        /** One record is trying it. */
        TRIAL,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(CircuitBreaker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    // One flow's slow record must not keep the other flows waiting for so long: another record is tried beside it.
    private static final Duration TRIAL_PATIENCE = Duration.ofMinutes(1);

    // What a record met and a probe cannot see is met again within this time by some record, if it still holds.
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private static final int MOST_TOLD = 1_000;

    private final Source source;
    private final LongSupplier nanoTime;
    private volatile State state = State.OPEN;
    private Duration pause = FIRST_PAUSE;
    private long nextProbeNanos;
    private long failedNanos;
    private long awaitedNanos;
    private boolean probing;
    private int closings;
    private boolean everAnswered;
    private boolean told;
    private @Nullable Trial trial;
    private @Nullable String reason = "not asked yet";

    CircuitBreaker(Source source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.nextProbeNanos = nanoTime.getAsLong();
        this.awaitedNanos = nextProbeNanos;
    }

    String name() {
        return source.name();
    }

    /** What is wrong with the source; null while it answers. */
    synchronized @Nullable String reason() {
        return isForgotten() ? null : reason;
    }

    private boolean isForgotten() {
        return state == State.READY && nanoTime.getAsLong() - failedNanos >= REMEMBERED.toNanos();
    }

    /** What flows wait for; empty while it lets some through. */
    synchronized Optional<Awaited> awaited() {
        return Optional.ofNullable(reason)
                .filter(it -> isAwaited())
                .map(it -> new Awaited(name(), Duration.ofNanos(nanoTime.getAsLong() - awaitedNanos), it));
    }

    /** Whether it may soon let through more than it does now, without any record's falling due. */
    boolean isAwaited() {
        return state == State.OPEN || state == State.TRIAL;
    }

    /** Asks how much may be claimed; probes the source if that is due, which takes as long as the probe does. */
    ClaimPermit ask() {
        synchronized (this) {
            if (state == State.CLOSED) {
                return ClaimPermit.BATCHES;
            }
            if (probing || (state != State.READY && nanoTime.getAsLong() - nextProbeNanos < 0)) {
                return ClaimPermit.NOTHING;
            }
            probing = true;
        }
        boolean answers = false;
        try {
            answers = probe(true);
        } finally {
            synchronized (this) {
                probing = false;
            }
        }
        return answers ? tryOne() : ClaimPermit.NOTHING;
    }

    /** The source is known to answer. */
    void answered() {
        if (state != State.CLOSED) {
            close();
        }
    }

    private synchronized void close() {
        if (told) {
            log.info("Source {} answers again", source.name());
        }
        state = State.CLOSED;
        closings++;
        pause = FIRST_PAUSE;
        everAnswered = true;
        told = false;
        trial = null;
        reason = null;
    }

    /** A record found the source not answering. */
    synchronized void trip(String why) {
        if (state == State.CLOSED) {
            told = true;
            log.warn("Flows wait for source {}: {}", source.name(), why);
        }
        failed(why, false);
    }

    /** Whether it is known not to answer. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether the source answers: asks it, unless it is known not to. A failure opens the breaker. */
    boolean answers() {
        return !isOpen() && probe(false);
    }

    /** The same, but a source that says nothing for so long is not waited for: it counts as one that fails. */
    boolean answersWithin(Duration bound) {
        if (isOpen()) {
            return false;
        }
        var answer = new CompletableFuture<Boolean>();
        Thread.ofPlatform().daemon().name("rpa-probe-" + source.name()).start(() -> answer.complete(probe(false)));
        boolean answers = answer.completeOnTimeout(false, bound.toNanos(), TimeUnit.NANOSECONDS)
                .join();
        if (!answers && !isOpen()) {
            trip("A probe got no answer within " + DurationText.of(bound));
        }
        return answers;
    }

    private synchronized ClaimPermit tryOne() {
        if (!everAnswered) {
            // At the start nothing has failed yet: a probe that succeeds is enough.
            answered();
            return ClaimPermit.BATCHES;
        }
        if (isForgotten()) {
            reason = null;
        }
        var begun = new Trial();
        trial = begun;
        state = State.TRIAL;
        nextProbeNanos = nanoTime.getAsLong() + TRIAL_PATIENCE.toNanos();
        return ClaimPermit.forOneRecord(List.of(begun));
    }

    // Errors count as well: a source may come in a jar that does not fit.
    private boolean probe(boolean due) {
        int closingsBefore = closings();
        var loan = new ThreadLoan(source.probe());
        try {
            source.probe().check();
            return true;
        } catch (Throwable e) {
            String why = reason(e);
            probeFailed(why, due, closingsBefore);
            return false;
        } finally {
            loan.end();
        }
    }

    private synchronized int closings() {
        return closings;
    }

    // What it found is old news if the source has been found to answer since it was asked.
    private synchronized void probeFailed(String why, boolean due, int closingsBefore) {
        if (closings != closingsBefore) {
            return;
        }
        if (!told) {
            told = true;
            log.warn("Source {} does not answer: {}", source.name(), why);
        }
        failed(why, due);
    }

    // Health shows it to anybody. What its author has written for that is in an exception of his own choice; which
    // class
    // is missing in a jar is the JVM's to say.
    private static String reason(Throwable failure) {
        if (failure.getClass() == SourceUnavailableException.class) {
            return PostgresText.storable(failure.getMessage(), MOST_TOLD);
        }
        return failure instanceof LinkageError
                ? PostgresText.storable(failure.toString(), MOST_TOLD)
                : FailureReason.ofHandler(failure);
    }

    // Many records meet one outage: only the first of them, and each probe that was due, moves the next one on.
    private void failed(String why, boolean due) {
        reason = why;
        failedNanos = nanoTime.getAsLong();
        if (state == State.CLOSED) {
            awaitedNanos = failedNanos;
        }
        if (state == State.OPEN && !due) {
            return;
        }
        state = State.OPEN;
        trial = null;
        nextProbeNanos = nanoTime.getAsLong() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    /** The trial of the source by one record. */
    final class Trial {

        private Trial() {}

        CircuitBreaker breaker() {
            return CircuitBreaker.this;
        }

        /** The record has been handled, well or not. */
        void answered() {
            synchronized (CircuitBreaker.this) {
                if (trial == this) {
                    CircuitBreaker.this.answered();
                }
            }
        }

        /** There was no record, or it is settled. If that said nothing about the source, another one may try it. */
        void end() {
            synchronized (CircuitBreaker.this) {
                if (trial == this) {
                    trial = null;
                    state = State.READY;
                }
            }
        }
    }
}
