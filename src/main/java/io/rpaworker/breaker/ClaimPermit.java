package io.rpaworker.breaker;

import io.rpaworker.breaker.CircuitBreaker.Trial;
import java.util.List;

/**
 * How much may be claimed at one time. A permit for one record lasts until that record is settled.
 *
 * @param extent how much
 * @param trials of the sources that the one record tries
 */
public record ClaimPermit(Extent extent, List<Trial> trials) {

    /** How much. */
    public enum Extent {
        NOTHING,
        ONE_RECORD,
        BATCHES
    }

    static final ClaimPermit NOTHING = new ClaimPermit(Extent.NOTHING, List.of());
    public static final ClaimPermit BATCHES = new ClaimPermit(Extent.BATCHES, List.of());

    static ClaimPermit forOneRecord(List<Trial> trials) {
        return new ClaimPermit(Extent.ONE_RECORD, trials);
    }

    /** It was not used, or its record is settled. */
    public void end() {
        trials.forEach(Trial::end);
    }
}
