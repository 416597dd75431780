package io.rpaworker.worker.settling;

import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureLog;
import io.rpaworker.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Tries a chunk, and halves one that fails until the culprit stands alone, whatever the failure is. An outage passes,
 * so a chunk is tried again first; what does not pass may be one element's, such as a row that somebody has locked.
 * Knows neither records nor SQL. For one chunk.
 *
 * @param <T> what a chunk is made of
 */
final class ChunkBisection<T> {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(ChunkBisection.class));
    private static final int TRIES = 10;
    private static final int TRIES_OF_INTERNAL = 3;

    private final String flow;
    private final FailureClassifier failures;
    private final BooleanSupplier goesOn;
    private final Duration pause;
    private final Attempt<T> attempt;
    private final List<Refused<T>> refused = new ArrayList<>();
    private int unavailable;
    private int mostInARow = Integer.MAX_VALUE;

    /**
     * Nothing has been tried.
     *
     * @param flow for the log
     * @param goesOn whether anything may still be tried
     * @param pause before a chunk is tried again
     * @param attempt tries some of it
     */
    ChunkBisection(
            String flow, FailureClassifier failures, BooleanSupplier goesOn, Duration pause, Attempt<T> attempt) {
        this.flow = flow;
        this.failures = failures;
        this.goesOn = goesOn;
        this.pause = pause;
        this.attempt = attempt;
    }

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {

        /** Tries a chunk or a part of it; never throws what the try has met. */
        Tried<T> of(List<T> part) throws InterruptedException;
    }

    /**
     * What a try has come to.
     *
     * @param open what is still to be done
     * @param failure why; null if nothing is open
     */
    record Tried<T>(List<T> open, @Nullable Throwable failure) {}

    /**
     * What could not be done.
     *
     * @param failure what was in the way
     * @param own whether the fault is its own; otherwise it is rpa_db that would not take it for a while
     */
    record Refused<T>(T element, Throwable failure, boolean own) {}

    /**
     * Tries all of it.
     *
     * @return what was refused; what is neither refused nor done when nothing may be tried any more is not told of
     */
    List<Refused<T>> run(List<T> chunk) throws InterruptedException {
        tryPart(chunk);
        return refused;
    }

    private void tryPart(List<T> part) throws InterruptedException {
        List<T> open = part;
        while (!open.isEmpty() && goesOn.getAsBoolean()) {
            Loop.comesRound(Duration.ZERO);
            Tried<T> tried = attempt.of(open);
            if (tried.open().size() < open.size()) {
                unavailable = 0;
            }
            open = tried.open();
            Throwable failure = tried.failure();
            if (failure == null) {
                return;
            }
            boolean infrastructure = isInfrastructure(failure);
            if (!infrastructure || !triesAgain(open.size(), failure)) {
                divide(open, failure, infrastructure);
                return;
            }
            log.triedAgain("Completing", open.size(), flow, unavailable, failure);
            Thread.sleep(pause);
        }
    }

    private boolean isInfrastructure(Throwable failure) {
        return switch (failures.judge(failure)) {
            case SOURCE_UNAVAILABLE -> true;
            case RETRYABLE -> failures.isInternal(failure);
            case REJECTED -> false;
        };
    }

    // Once that did not help, each part is tried once.
    private boolean triesAgain(int open, Throwable failure) {
        unavailable++;
        if (isDivided()) {
            return false;
        }
        if (unavailable < (failures.isInternal(failure) ? TRIES_OF_INTERNAL : TRIES)) {
            return true;
        }
        unavailable = 0;
        mostInARow = Integer.SIZE - Integer.numberOfLeadingZeros(open);
        return false;
    }

    private boolean isDivided() {
        return mostInARow < Integer.MAX_VALUE;
    }

    private void divide(List<T> open, Throwable failure, boolean infrastructure) throws InterruptedException {
        if (open.size() == 1) {
            refuse(open, failure, !infrastructure || failures.isInternal(failure));
        } else if (infrastructure && unavailable > mostInARow) {
            // One culprit would have been found by now. It is all of them: a missing table, a table that is locked.
            refuse(open, failure, false);
        } else {
            int half = open.size() / 2;
            tryPart(open.subList(0, half));
            tryPart(open.subList(half, open.size()));
        }
    }

    private void refuse(List<T> open, Throwable failure, boolean own) {
        open.forEach(it -> refused.add(new Refused<>(it, failure, own)));
    }
}
