package io.rpaworker.handlerjar;

import org.jspecify.annotations.Nullable;

/** A file of the handlers folder cannot be used as it is; the start stops, and nothing was touched. */
public final class HandlerJarException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Refuses a jar.
     *
     * @param message what is wrong, with the jar's name
     * @param action what its author or whoever has put it there is to do
     * @param cause what was thrown; null if nothing was
     */
    public HandlerJarException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    HandlerJarException(String message, String action) {
        this(message, action, null);
    }

    String action() {
        return action;
    }
}
