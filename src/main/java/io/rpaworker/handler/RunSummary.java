package io.rpaworker.handler;

/**
 * A run all of whose records have ended.
 *
 * @param <A> the parameters
 * @param run which it is
 * @param round 1 at first; one more each time that the run went on after it had ended, or was about to
 * @param records how many it had
 * @param completed how many of them are completed
 * @param failed how many of them are dead letters
 * @param cancelled how many of them operators have cancelled
 */
public record RunSummary<A>(RunContext<A> run, int round, long records, long completed, long failed, long cancelled) {

    /** Whether each record is completed; true if there is none. */
    public boolean allSucceeded() {
        return completed == records;
    }
}
