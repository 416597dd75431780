package io.rpaworker.loop;

import io.rpaworker.text.FailureReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures in a row of something that is done again and again: the first is logged, and the success that ends them.
 * Each of them is logged at DEBUG, with its stack. For one thread.
 */
public final class FailureStreak {

    private static final Logger log = LoggerFactory.getLogger(FailureStreak.class);

    private final String what;
    private final String consequence;
    private final boolean quiet;
    private boolean failing;

    /**
     * None has failed.
     *
     * @param what fails, in the plural
     * @param consequence what follows from that
     */
    public FailureStreak(String what, String consequence) {
        this(what, consequence, false);
    }

    FailureStreak(String what, String consequence, boolean quiet) {
        this.what = what;
        this.consequence = consequence;
        this.quiet = quiet;
    }

    /** Another one has failed. */
    public void failed(Throwable failure) {
        if (!failing && !quiet) {
            log.warn("{} fail, and {}: {}", what, consequence, reason(failure));
        }
        failing = true;
        try {
            log.debug("{} fail", what, failure);
        } catch (Throwable broken) {
            log.debug("{} fail: {}", what, reason(failure));
        }
    }

    // It may be somebody else's code, and its texts what is broken.
    private static String reason(Throwable failure) {
        try {
            return FailureReason.of(failure);
        } catch (Throwable broken) {
            return failure.getClass().getName();
        }
    }

    /** One has succeeded. */
    public void succeeded() {
        if (failing && !quiet) {
            log.info("{} succeed again", what);
        }
        failing = false;
    }

    /** Whether the last one failed. */
    public boolean isFailing() {
        return failing;
    }
}
