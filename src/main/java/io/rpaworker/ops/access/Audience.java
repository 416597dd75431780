package io.rpaworker.ops.access;

/** Whom an endpoint is for. */
enum Audience {

    /** Whoever reaches the port: what says no more than that the replica is well. */
    ANYBODY,

    /** The same, unless {@code rpa.access.closed}: counts, status, ids and times. */
    ANYBODY_UNLESS_CLOSED,

    /** Who has logged in and may view: what quotes records, their keys, payloads or errors. */
    VIEWERS
}
