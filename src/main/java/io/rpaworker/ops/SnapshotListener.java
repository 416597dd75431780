package io.rpaworker.ops;

import java.util.Set;

/** Is told of each snapshot of the queue as it is taken; beans of this type are found by themselves. */
public interface SnapshotListener {

    /**
     * The queue was counted.
     *
     * @param own the flows that this replica runs
     */
    void counted(QueueSnapshot snapshot, Set<String> own);
}
