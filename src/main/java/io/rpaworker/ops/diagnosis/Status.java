package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The old system's word for how well something is, the best first. */
public enum Status {
    HEALTHY,
    DEGRADED,
    UNHEALTHY;

    /** As it is told. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    Status orWorse(Status other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
