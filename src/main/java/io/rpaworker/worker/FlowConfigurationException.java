package io.rpaworker.worker;

/** The flows cannot be set up as configured; the start stops. */
class FlowConfigurationException extends RuntimeException {

    private final String action;

    FlowConfigurationException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to change. */
    String action() {
        return action;
    }
}
