package io.rpaworker.handler;

import java.util.Map;

/** Starts runs. The worker offers one to whoever has it injected. */
public interface Runs {

    /**
     * Starts a run; takes part in the caller's transaction if there is one. Its discovery begins once that is
     * committed, or, if the flow's {@code run.overlap} is {@code queue}, when the runs before it have ended.
     *
     * @param flow one that has a {@link RecordSource} on this replica
     * @param parameters what JSON can hold; they are decoded into what the source asks for
     * @return the run's id
     * @throws IllegalArgumentException if the flow has no source here, or the parameters do not fit it; it says why
     * @throws RunUnderWayException if the flow's {@code run.overlap} is {@code skip} and a run of it has not ended
     * @throws org.springframework.dao.DataAccessException if PostgreSQL refuses or does not answer; nothing is started,
     *     unless it was the commit that got no answer
     */
    long start(String flow, Map<String, Object> parameters);
}
