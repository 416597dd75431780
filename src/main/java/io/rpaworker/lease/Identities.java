package io.rpaworker.lease;

/** What this process calls itself. */
interface Identities {

    /** The machine's or pod's name. */
    String host();

    /** A new identity, which nobody has had before. */
    WorkerInstance next();
}
