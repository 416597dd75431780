package io.rpaworker.ops.diagnosis;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast records have been processed lately, by whoever keeps a history. */
public interface PerformanceAnalysis {

    /**
     * An analysis.
     *
     * @param keys as they are told, in the old system's names
     * @param meanProcessingTime of a record; null if none was processed
     */
    record Performance(Map<String, Object> keys, @Nullable Duration meanProcessingTime) {

        /** Nobody keeps a history, or nobody asked. */
        public static final Performance NONE = new Performance(Map.of(), null);
    }

    /** Analyses one flow, or all of them if it is null. */
    Performance of(@Nullable String flow);
}
