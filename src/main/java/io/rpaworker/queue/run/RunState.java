package io.rpaworker.queue.run;

import java.util.Locale;

/** How far a run is. */
public enum RunState {
    /** It waits for the runs of its flow before it. */
    QUEUED,
    /** Its records are being found, and processed meanwhile. */
    DISCOVERING,
    /** All are found, and not all have ended. */
    PROCESSING,
    /** All have ended; what is done once then has not. */
    POST_PROCESSING,
    /** Each record is completed, and what is done once at the end is done. */
    COMPLETED,
    /** It has ended, and some of its records are dead letters. */
    COMPLETED_WITH_FAILURES,
    /** A page of its discovery, or what is done once at the end, is a dead letter. */
    FAILED,
    /** An operator has cancelled it, and some of its records still run. */
    CANCELLING,
    /** An operator has cancelled it. */
    CANCELLED;

    /** As it is stored and shown. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing happens to it any more, unless it is reopened. */
    public boolean isEnded() {
        return this == COMPLETED || this == COMPLETED_WITH_FAILURES || this == FAILED || this == CANCELLED;
    }

    static RunState of(String column) {
        return valueOf(column.toUpperCase(Locale.ROOT));
    }
}
