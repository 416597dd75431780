package io.rpaworker.handler;

import java.util.List;

/** Adds records to the queue, in bulk. The worker offers one to whoever has it injected. */
public interface RecordIntake {

    /**
     * Adds records to a flow, all or none; takes part in the caller's transaction if there is one. They are claimed in
     * the order of the list.
     *
     * @param flow 1 to 100 characters; it need not be known to this worker
     * @param records any number; a key that the flow has already, or that occurs twice, is added once
     * @return how many were added
     * @throws IllegalArgumentException if the flow's name or a record is malformed or larger than
     *     {@code rpa.worker.max-payload-bytes}; it says which, nothing is added
     * @throws org.springframework.dao.DataAccessException if PostgreSQL refuses or does not answer; nothing is added,
     *     unless it was the commit that got no answer
     */
    int add(String flow, List<NewRecord> records);
}
