package io.rpaworker.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.rpaworker.handler.NewRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a run's discovery has found, to be written. What is kept of it with the part is small.
 *
 * @param what is to be done with it
 * @param read how many records the page has
 * @param next where the next one begins; null if there is none
 * @param records of the page
 * @param dryRun whether they are only counted
 */
record Found(
        What what,
        int read,
        @Nullable String next,
        @JsonIgnore List<NewRecord> records,
        @JsonIgnore boolean dryRun) {

    enum What {
        /** A page's records are to be added. */
        PAGE,
        /** The page is to wait, since too many records do. */
        FULL,
        /** Dead letters are to be tried again. */
        WALK,
        /** The run has gone on without this part, or is over. */
        NOTHING
    }

    static Found of(What what) {
        return new Found(what, 0, null, List.of(), false);
    }
}
