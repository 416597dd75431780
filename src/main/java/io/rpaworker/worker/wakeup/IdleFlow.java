package io.rpaworker.worker.wakeup;

import java.time.Duration;

/** A flow that may wait for records. */
public interface IdleFlow {

    /** Its name. */
    String name();

    /** How long anything that is due may go unnoticed. */
    Duration pollInterval();

    /** Whether a limit may keep its records waiting. */
    boolean isLimited();

    /** Whether its poller found nothing and waits to be woken up. */
    boolean isIdle();

    /** Ends the wait; the next one if none is going on. */
    void wakeUp();
}
