package io.rpaworker.ops.assessment;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Something about the queue that a person has to look at.
 *
 * @param type its name, by which it is known everywhere
 * @param severity {@code warning} or {@code critical}
 * @param message what it is, with its figures
 * @param value the figure that is too high
 * @param threshold above which it is
 */
public record QueueAlert(String type, String severity, String message, double value, double threshold) {

    static QueueAlert warning(String type, String message, double value, double threshold) {
        return new QueueAlert(type, "warning", message, value, threshold);
    }

    static QueueAlert critical(String type, String message, double value, double threshold) {
        return new QueueAlert(type, "critical", message, value, threshold);
    }

    /** As the old system said it. */
    @JsonValue
    public String text() {
        return severity.toUpperCase(Locale.ROOT) + ": " + message;
    }
}
