package io.rpaworker.loop;

import java.time.Duration;

/**
 * What a loop is for, and how people are told of it.
 *
 * @param name of its thread, after {@code rpa-}
 * @param rounds what its rounds are called in the log, in the plural
 * @param vital whether records stand still without it, so that only a restart helps once it is dead or overdue
 * @param quiet whether others meet its failures and log them as well, so that it does so at DEBUG only
 * @param restAfterFailure how long it rests after a failed round
 */
public record Role(String name, String rounds, boolean vital, boolean quiet, Duration restAfterFailure) {

    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    /** Records stand still without it. */
    public static Role vital(String name, String rounds) {
        return new Role(name, rounds, true, false, A_MOMENT);
    }

    /** Records go on without it, though something is missing. */
    public static Role of(String name, String rounds) {
        return new Role(name, rounds, false, false, A_MOMENT);
    }

    /** The same, whose failures others meet and log as well. */
    public Role whoseFailuresOthersLog() {
        return new Role(name, rounds, vital, true, restAfterFailure);
    }

    /** The same, with another rest after a failed round. */
    public Role restingAfterFailure(Duration rest) {
        return new Role(name, rounds, vital, quiet, rest);
    }
}
