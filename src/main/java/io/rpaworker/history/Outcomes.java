package io.rpaworker.history;

import io.rpaworker.failure.FailureKind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of attempts in a time.
 *
 * @param completed records that were completed
 * @param retried failed attempts after which another was due
 * @param dead records that became dead letters, by kind; kinds without any are absent
 * @param released attempts that were given back and do not count
 * @param waits from available to claimed
 * @param runs in the handler, of completed records and failed attempts
 */
public record Outcomes(
        long completed, long retried, Map<FailureKind, Long> dead, long released, Times waits, Times runs) {

    /** Nothing happened. */
    public static final Outcomes NONE = new Outcomes(0, 0, Map.of(), 0, Times.NONE, Times.NONE);

    /** The sums of both. */
    public Outcomes plus(Outcomes more) {
        var both = new EnumMap<FailureKind, Long>(FailureKind.class);
        both.putAll(dead);
        more.dead.forEach((kind, records) -> both.merge(kind, records, Long::sum));
        return new Outcomes(
                completed + more.completed,
                retried + more.retried,
                Collections.unmodifiableMap(both),
                released + more.released,
                waits.plus(more.waits),
                runs.plus(more.runs));
    }

    /** Records that became dead letters. */
    public long deadLetters() {
        return dead.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Attempts that failed, whether or not another was due. */
    public long failedAttempts() {
        return retried + deadLetters();
    }

    /** Records that came to their end: completed, or dead letters. */
    public long finished() {
        return completed + deadLetters();
    }
}
