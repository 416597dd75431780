package io.rpaworker.handler;

/** Thrown by a handler whose source does not answer; the same as {@link Outcome.SourceUnavailable}. */
public class SourceUnavailableException extends RuntimeException {

    /** The record waits, with its attempt, until the flow's sources answer again. */
    public SourceUnavailableException(String message) {
        super(message);
    }

    /** As above, keeping what led to it. */
    public SourceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
