package io.rpaworker.handler;

/** A run of the flow has not ended, and the flow has only one at a time. */
public class RunUnderWayException extends RuntimeException {

    private final long run;

    /** Names the run that is under way. */
    public RunUnderWayException(String flow, long run) {
        super("Run %d of flow %s has not ended, and rpa.flows.%s.run.overlap is skip".formatted(run, flow, flow));
        this.run = run;
    }

    /** The run that is under way. */
    public long run() {
        return run;
    }
}
