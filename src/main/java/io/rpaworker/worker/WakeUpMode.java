package io.rpaworker.worker;

/** How idle flows learn of new records. */
public enum WakeUpMode {

    /** PostgreSQL notifies; looking is for records that come back by other ways. */
    LISTENING,

    /** By looking, within the poll interval: notifications do not arrive, or not yet. */
    POLLING,

    /** By looking, within the poll interval, as {@code rpa.worker.wake-up} says. */
    OFF
}
