package io.rpaworker.simulation;

/** Ends the threads of a process that was killed; an error, so that nothing takes it for a failure of its own. */
final class Crashed extends Error {

    private static final long serialVersionUID = 1;

    Crashed() {
        super("killed", null, false, false);
    }
}
