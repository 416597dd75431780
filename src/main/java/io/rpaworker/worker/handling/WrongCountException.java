package io.rpaworker.worker.handling;

import org.jspecify.annotations.Nullable;

/** A batch handler answered with another number of outcomes than it was given records. */
final class WrongCountException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    // Of the batch before it was divided: that is the call that its author knows.
    private final String first;

    /**
     * Of one call.
     *
     * @param outcomes how many; null if it answered null
     * @param whole what was wrong with the batch that these records are a part of; null for nothing
     */
    WrongCountException(String flow, @Nullable Integer outcomes, int records, @Nullable WrongCountException whole) {
        this(whole == null ? text(flow, outcomes, records) : whole.first, outcomes, records, whole != null);
    }

    private WrongCountException(String first, @Nullable Integer outcomes, int records, boolean again) {
        super(again ? first + "; of these, %s for %d".formatted(number(outcomes), records) : first);
        this.first = first;
    }

    private static String text(String flow, @Nullable Integer outcomes, int records) {
        return "The handler of %s answered %s outcomes for %d records".formatted(flow, number(outcomes), records);
    }

    private static String number(@Nullable Integer outcomes) {
        return outcomes == null ? "no" : outcomes.toString();
    }
}
