package io.rpaworker.ops.assessment;

import io.rpaworker.history.Window;
import java.time.Instant;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The time that figures are of; whole minutes, hours or days, so a little longer than what was asked for. */
@JsonNaming(SnakeCaseStrategy.class)
public record TimeWindow(Instant startTime, Instant endTime, double durationHours) {

    static TimeWindow of(Window window) {
        return new TimeWindow(window.from(), window.to(), Percent.rounded(hours(window)));
    }

    static double hours(Window window) {
        return window.length().toNanos() / 3.6e12;
    }
}
