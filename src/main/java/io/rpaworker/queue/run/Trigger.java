package io.rpaworker.queue.run;

import java.util.Locale;

/** What has started a run. */
public enum Trigger {
    /** Its flow's schedule. */
    SCHEDULE,
    /** An operator. */
    OPERATOR,
    /** A program: a handler, or whoever has {@link io.rpaworker.handler.Runs} injected. */
    API;

    /** As it is stored and shown. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
