package io.rpaworker.handler;

import java.util.Optional;

/**
 * Adds to the worker's table of errors: a bean of this type is asked first about every exception that a handler throws.
 */
@FunctionalInterface
public interface FailureRule {

    /** What a failure costs. */
    enum Judgement {
        /** What the record needs does not answer: costs no attempt, the flow waits for its sources. */
        SOURCE_UNAVAILABLE,
        /** Costs an attempt, comes back after the flow's back-off. */
        RETRYABLE,
        /** No attempt can succeed: a dead letter at once. */
        REJECTED
    }

    /** Judges a failure; empty leaves it to the next rule, and in the end to the worker's own table. */
    Optional<Judgement> judge(Throwable failure);
}
