package io.rpaworker.worker;

import org.jspecify.annotations.Nullable;

/** The flows cannot be set up as configured; the start stops. */
class FlowConfigurationException extends RuntimeException {

    private final String action;

    FlowConfigurationException(String message, String action) {
        this(message, action, null);
    }

    FlowConfigurationException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What to change. */
    String action() {
        return action;
    }
}
