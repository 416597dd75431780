package io.rpaworker.worker;

import io.rpaworker.worker.Breaker.Trial;
import java.util.List;

/**
 * How much may be claimed at one time. A permit for one record lasts until that record is settled.
 *
 * @param extent how much
 * @param trials of the sources that the one record tries
 */
record Permit(Extent extent, List<Trial> trials) {

    /** How much. */
    enum Extent {
        NOTHING,
        ONE_RECORD,
        BATCHES
    }

    static final Permit NOTHING = new Permit(Extent.NOTHING, List.of());
    static final Permit BATCHES = new Permit(Extent.BATCHES, List.of());

    static Permit forOneRecord(List<Trial> trials) {
        return new Permit(Extent.ONE_RECORD, trials);
    }

    /** It was not used, or its record is settled. */
    void end() {
        trials.forEach(Trial::end);
    }
}
