package io.rpaworker.flows.survey;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How completely a survey was answered. */
enum Grade {

    /** Every question has an answer. */
    COMPLETE,

    /** At least half of the questions have one. */
    PARTIAL,

    /** Less than half of them. */
    POOR;

    // From the counts, not from the rounded ratio: 19,999 answers of 20,000 are 1.0000, and not complete.
    static Grade of(int answered, int total) {
        if (answered == total) {
            return COMPLETE;
        }
        return answered >= total - answered ? PARTIAL : POOR;
    }

    /** As {@code survey_result.grade} and the record's result have it. */
    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
