package io.rpaworker.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the chores have to know of the process they run in; the worker tells it. */
public interface ThisProcess {

    /** This process's identity; empty while it has no lease that it may trust. */
    Optional<Replica> replica();

    /**
     * Whether every heartbeat of a whole lease time has succeeded. Only then may this process call others dead: after
     * an outage of the database every lease looks run out.
     */
    boolean isSettled();

    /** The flows whose records this process takes, and the age at which a Python worker's claim is taken from it. */
    Map<String, Duration> cleanupTimeouts();

    /** The flows that this version has a handler for, enabled or not. Records of any other flow are left alone. */
    Set<String> knownFlows();
}
