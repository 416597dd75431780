package io.rpaworker.settings;

import org.jspecify.annotations.Nullable;

/** The flows cannot be set up as configured; the start stops. */
public class SettingsException extends RuntimeException {

    private final String action;

    public SettingsException(String message, String action) {
        this(message, action, null);
    }

    public SettingsException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What to change. */
    public String action() {
        return action;
    }
}
