package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How bad a finding is, the worst first. */
public enum Severity {
    /** Records are not processed, or soon will not be. */
    CRITICAL,
    /** Somebody has to see to it. */
    WARNING,
    /** Worth knowing. */
    INFO;

    /** As it is told. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
