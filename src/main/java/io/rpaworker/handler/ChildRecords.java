package io.rpaworker.handler;

import java.util.List;

/** Adds to a run what one of its records has found. The worker offers one to whoever has it injected. */
public interface ChildRecords {

    /**
     * Adds records to the run of a record, in the transaction that completes it; to be called by
     * {@link FlowHandler#write}. The run ends after them.
     *
     * @param parent the record, which is in the chunk that is written
     * @param children any number; a key that the run has already is not added
     * @return how many were added
     * @throws IllegalStateException if the parent is in no run, or is not completed by this transaction
     * @throws RecordRejectedException if they would be deeper than the flow's {@code run.max-depth} allows; a record
     *     that a source has found is at depth 0
     * @throws IllegalArgumentException as {@link RecordIntake#add}
     */
    int add(WorkRecord<?> parent, List<NewRecord> children);
}
