package io.rpaworker.failure;

import java.util.Locale;

/** What sort of failure a record has; {@code processing_queue.failure_kind}. */
public enum FailureKind {

    /** A handler or a write failed; retried while attempts are left. */
    ERROR,

    /** The attempt took longer than the flow's record timeout; retried while attempts are left. */
    TIMEOUT,

    /** The handler said that no attempt can succeed. */
    REJECTED,

    /** The payload does not decode or is not valid. */
    PAYLOAD,

    /** It was under way each time that a process died. */
    POISON,

    /** Somebody has cancelled it. */
    CANCELLED,

    /** Not recorded by this worker: by the old system, or by somebody's SQL. */
    UNKNOWN;

    /** As the table has it. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
