package io.rpaworker.ops;

import java.time.Duration;

/** What came of an {@link BoundedQuestion}. */
public sealed interface Answer<T> {

    /**
     * The system answered.
     *
     * @param took from asking to the answer, waiting for a connection included
     */
    record Answered<T>(T value, Duration took) implements Answer<T> {

        /** For a health detail; a database nearby answers in less than a whole millisecond. */
        public double tookMillis() {
            return Math.round(took.toNanos() / 10_000.0) / 100.0;
        }
    }

    /** The system refused, or did not answer in time. */
    record Unanswered<T>(String reason) implements Answer<T> {}
}
