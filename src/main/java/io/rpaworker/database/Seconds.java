package io.rpaworker.database;

import java.time.Duration;

/** Durations as statements are given them: {@code make_interval(secs => :seconds)}. */
public final class Seconds {

    private Seconds() {}

    /** A duration in seconds, with what is less than one; PostgreSQL keeps whole microseconds of it. */
    public static double of(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }
}
