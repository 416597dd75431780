package io.rpaworker.simulation;

/** What becomes of an actor's next statement. */
enum Order {
    /** It is executed and answered. */
    RUN,
    /** The connection is cut before it is sent. */
    CUT,
    /** It is executed, its answer is lost. */
    LOSE_ANSWER,
    /** The connection is cut, but the server executes it all the same, some steps later or never. */
    ARRIVE_LATE,
    /** It is executed, then the process is killed. */
    DIE_AFTER
}
