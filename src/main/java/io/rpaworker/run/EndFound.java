package io.rpaworker.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.rpaworker.handler.RunSummary;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a run has found, to be written.
 *
 * @param late whether the run has gone on without this end
 * @param called whether the author's completion was called
 * @param summary of the run, as that was given it; null if it was not called
 * @param result what it has answered
 */
record EndFound<C>(
        boolean late,
        boolean called,
        @JsonIgnore @Nullable RunSummary<C> summary,
        @JsonIgnore @Nullable Object result) {

    static <C> EndFound<C> tooLate() {
        return new EndFound<>(true, false, null, null);
    }

    static <C> EndFound<C> nothingToDo() {
        return new EndFound<>(false, false, null, null);
    }
}
