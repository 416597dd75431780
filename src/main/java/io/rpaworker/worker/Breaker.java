package io.rpaworker.worker;

import io.rpaworker.handler.Source;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one source. While it does not answer, the flows that read it claim nothing; once its probe succeeds one
 * record is tried, and only when that has been handled do the flows go on.
 */
final class Breaker {

    /** How much may be claimed. */
    enum Permit {
        NOTHING,
        ONE_RECORD,
        BATCHES
    }

    private enum State {
        OPEN,
        HALF_OPEN,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    // A trial record may be lost with its claim; then another one is tried.
    private static final Duration TRIAL_EXPIRY = Duration.ofMinutes(1);

    private final Source source;
    private State state = State.OPEN;
    private Duration pause = FIRST_PAUSE;
    private long nextProbeNanos = System.nanoTime();
    private boolean probing;
    private boolean everAnswered;
    private boolean told;
    private @Nullable String reason = "not asked yet";

    Breaker(Source source) {
        this.source = source;
    }

    String name() {
        return source.name();
    }

    /** Why nothing is claimed; null while the source answers. */
    synchronized @Nullable String reason() {
        return state == State.CLOSED ? null : reason;
    }

    /** Asks how much may be claimed; probes the source if that is due, which takes as long as the probe does. */
    Permit ask() {
        synchronized (this) {
            if (state == State.CLOSED) {
                return Permit.BATCHES;
            }
            if (probing || System.nanoTime() - nextProbeNanos < 0) {
                return Permit.NOTHING;
            }
            probing = true;
        }
        boolean answers = probe(true);
        synchronized (this) {
            probing = false;
            return answers ? tryOne() : Permit.NOTHING;
        }
    }

    /** A record that read the source has been handled, well or not. */
    synchronized void answered() {
        if (state != State.CLOSED) {
            if (told) {
                log.info("Source {} answers again", source.name());
            }
            state = State.CLOSED;
            pause = FIRST_PAUSE;
            everAnswered = true;
            told = false;
        }
    }

    /** A record found the source not answering. */
    synchronized void trip(String why) {
        if (state == State.CLOSED) {
            told = true;
            log.warn("Source {} does not answer, its flows wait: {}", source.name(), why);
        }
        failed(why, false);
    }

    /** The permit for one record was not used. */
    synchronized void unused() {
        if (state == State.HALF_OPEN) {
            state = State.OPEN;
            nextProbeNanos = System.nanoTime() + FIRST_PAUSE.toNanos();
        }
    }

    private Permit tryOne() {
        if (!everAnswered) {
            // At the start nothing has failed yet: a probe that succeeds is enough.
            answered();
            return Permit.BATCHES;
        }
        state = State.HALF_OPEN;
        nextProbeNanos = System.nanoTime() + TRIAL_EXPIRY.toNanos();
        return Permit.ONE_RECORD;
    }

    /** Asks the source itself; a failure opens the breaker. */
    boolean probe() {
        return probe(false);
    }

    private boolean probe(boolean due) {
        try {
            source.probe().check();
            return true;
        } catch (Exception e) {
            synchronized (this) {
                if (!told) {
                    told = true;
                    log.warn("Source {} does not answer: {}", source.name(), e.toString());
                }
                failed(e.toString(), due);
            }
            return false;
        }
    }

    // Many records meet one outage: only the first of them, and each probe that was due, moves the next one on.
    private void failed(String why, boolean due) {
        reason = why;
        if (state == State.OPEN && !due) {
            return;
        }
        state = State.OPEN;
        nextProbeNanos = System.nanoTime() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
}
