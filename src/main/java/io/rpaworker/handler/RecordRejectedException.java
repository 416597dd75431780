package io.rpaworker.handler;

/** Thrown by a handler whose record no attempt can help; the same as {@link Outcome.Rejected}. */
public class RecordRejectedException extends RuntimeException {

    /** The record becomes a dead letter at once, with {@code message} as its reason. */
    public RecordRejectedException(String message) {
        super(message);
    }

    /** As above, keeping what led to it. */
    public RecordRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
