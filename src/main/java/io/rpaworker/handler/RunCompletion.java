package io.rpaworker.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done once when the records of a run have ended. A bean beside the flow's handler.
 *
 * <p>It is tried, and fails, as a record does; if no attempt succeeds the run fails. When an operator has dead letters
 * of a run tried again that has ended, it is called again once they have ended, with the next {@link RunSummary#round()
 * round}.
 *
 * @param <A> the run's parameters, see {@link RecordSource}
 * @param <R> what was found out
 */
public interface RunCompletion<A, R extends @Nullable Object> {

    /** When it is done. */
    enum When {
        /** Whatever became of the records. */
        ALWAYS,
        /** Only if each of them is completed; otherwise the run ends without it. */
        ALL_SUCCEEDED
    }

    /** The flow whose runs this is for: 1 to 96 characters, the same as its handler's. */
    String flow();

    /** When it is done. */
    default When when() {
        return When.ALWAYS;
    }

    /**
     * Reads what it needs and computes. No transaction of rpa_db is open. May run again after a crash.
     *
     * @throws Exception as in {@link RecordHandler#handle}
     */
    R handle(RunSummary<A> run) throws Exception;

    /**
     * Writes to rpa_db, in the transaction that ends the run: both happen or neither, once for each round. The rules of
     * {@link FlowHandler#write} hold.
     *
     * @param result what {@link #handle} has answered
     * @return records that the run has to process as well; it ends, in its next round, after them. Empty if it ends now
     */
    default List<NewRecord> write(RunSummary<A> run, R result) {
        return List.of();
    }

    /**
     * The systems besides rpa_db that {@link #handle} reads. While one of them is down, no run of the flow ends.
     *
     * @return empty if rpa_db is all that is needed
     */
    default List<Source> sources() {
        return List.of();
    }
}
