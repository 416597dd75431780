package io.rpaworker.failure;

import io.rpaworker.text.FailureReason;
import io.rpaworker.text.MessageLeftOut;
import org.slf4j.Logger;

/**
 * Logs failures that may be a handler's own: a logger asks them for their texts, and that may be what is broken. At
 * WARN and above their messages are left out, since they may quote payloads.
 */
public final class FailureLog {

    // Of those in a row. The first may be a connection that a restart has left behind.
    private static final int TOLD_FAILURE = 2;

    private final Logger log;

    public FailureLog(Logger log) {
        this.log = log;
    }

    public void debug(String what, Throwable failure) {
        safely(failure, () -> log.debug("{}", what, failure));
    }

    void warn(String what, Throwable failure) {
        log.warn("{}", what, MessageLeftOut.of(failure));
    }

    public void error(String what, Throwable failure) {
        log.error("{}", what, MessageLeftOut.of(failure));
    }

    /**
     * Tells once that something fails again and again: it would go unnoticed where polls and heartbeats work.
     *
     * @param failed how often in a row
     */
    public void triedAgain(String what, int records, String flow, int failed, Throwable failure) {
        if (failed == TOLD_FAILURE) {
            log.warn(
                    "{} {} records of flow {} fails, and is tried again: {}",
                    what,
                    records,
                    flow,
                    FailureReason.ofHandler(failure));
        }
        safely(failure, () -> log.debug("{} {} records of flow {} fails", what, records, flow, failure));
    }

    private void safely(Throwable failure, Runnable logging) {
        try {
            logging.run();
        } catch (Throwable broken) {
            log.warn(
                    "A failure cannot be told, it is itself broken: {}",
                    failure.getClass().getName());
        }
    }
}
