/**
 * Runs: {@code processing_run}, and what of {@code processing_queue} belongs to one.
 *
 * <h2>How a run is kept</h2>
 *
 * <p>Whatever is done for a run is a record with its {@code run_id}: those of the flow itself; beside it, in flow
 * {@code <flow>/run}, the pages of its discovery ({@code #page:<number>}) and the walks that have dead letters tried
 * again ({@code #retry:<round>:<moment>:<number>}); in {@code <flow>/end} what is done once ({@code #end:<round>}).
 * What holds for records - fence, lease, lost commits, attempts - so holds for each part of a run, and nobody waits or
 * coordinates.
 *
 * <ol>
 *   <li>A run gains records only in a transaction of one of its open records, or in one that holds its row's lock. So
 *       "it is discovered and nothing of it is open" stays true until somebody who holds the lock changes it.
 *   <li>Who ends a run counts its records, and then asks for that lock if the run is as it was before he counted:
 *       state, round and {@code revivals}, which grows with each transaction that has something of it run again. So
 *       nobody waits while a million records are counted, and a count that is too old ends nothing.
 *   <li>A record that had ended and is to run again makes its run go on: trigger {@code mend_after_update} takes the
 *       lock, and begins a new round if the old one was over. So it does not matter who has it tried again, and how.
 *   <li>There is one end for each run and round, by its key. What it writes, its own completion and the run's state are
 *       committed together, if the round is still that one.
 *   <li>Counts come from rows, and are frozen when a run ends. Retention spares the records of runs that have not.
 * </ol>
 */
@NamedInterface("run")
@NullMarked
package io.rpaworker.queue.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
