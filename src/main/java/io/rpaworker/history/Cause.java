package io.rpaworker.history;

import io.rpaworker.failure.FailureKind;

/** What failures have in common. */
record Cause(String kind, String fingerprint) {

    private static final String OTHER = "other";

    /**
     * Of a failure.
     *
     * @param fingerprint empty if it has none
     */
    static Cause of(FailureKind kind, String fingerprint) {
        return new Cause(kind.column(), fingerprint);
    }

    /** Stands for causes of the same kind that are too many to be told apart. */
    Cause other() {
        return new Cause(kind, OTHER);
    }
}
