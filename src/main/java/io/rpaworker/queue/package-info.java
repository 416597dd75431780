/**
 * {@code processing_queue} and {@code processing_claim}: the only SQL on them.
 *
 * <h2>Overview</h2>
 *
 * <p>A row of {@code processing_queue} is a record: one piece of work of a flow. A worker instance claims records in
 * batches, handles them, and settles each. This package has what is done for every record; its subpackages have what is
 * done now and then: {@code intake} adds records, {@code recovery} takes them from owners that are gone and makes
 * retries pending, {@code deadletter} serves operators, {@code retention} deletes, {@code counts} counts, {@code story}
 * tells of single records.
 *
 * <h2>The life of a record</h2>
 *
 * <pre>
 *            add             claim               complete
 *   (producer) ---&gt; pending -------&gt; processing ----------&gt; completed ---&gt; deleted
 *                   ^  ^  ^            |      |                            (retention)
 *                   |  |  |            |      | fail, or poison by recovery
 *                   |  |  +------------+      v
 *                   |  |   release, postpone, failed -----------&gt; deleted
 *                   |  |   suspect, recovery  |    |  (purge, retention)
 *                   |  +----------------------+    |
 *                   |    next_retry_at is due      | next_retry_at is null: a dead letter
 *                   +------------------------------+
 *                        an operator's retry or reset, an acquittal of poison
 * </pre>
 *
 * <p>The columns of a record say the same as its status, and triggers (V009) mend what foreign SQL leaves out:
 *
 * <pre>
 *   status      claimed_at  claim_id                  failed_at
 *   pending     null        null                      null
 *   processing  set         the claim's; null if a    null
 *                           Python worker has it
 *   completed   set         the claim's, or 0000...   null
 *   failed      set         the claim's, or 0000...   set
 *   any other   set         ffff...                   null
 * </pre>
 *
 * <p>A trigger keeps a completed record completed: its effect is in rpa_db, and another run would repeat it.
 *
 * <h2>The claim</h2>
 *
 * <p>A claim takes the oldest due records of a flow that nobody has locked, and as many of them as their payloads fit
 * into the bound. It asks for the lease of its worker instance in the same statement. It writes a row of
 * {@code processing_claim}, which names its records: by that row recovery finds what a dead instance has left, and no
 * index on the queue has to say it. The row goes with the claim's last records, or soon after.
 *
 * <p>The worker makes the claim's id before it asks, so that it can name a claim whose answer was lost. A claim does
 * not wait for the disk ({@code synchronous_commit} is off): if PostgreSQL crashes, the records of a lost claim are
 * pending again, and the fence stops their former owner. Payloads come along if all of them are small; others are read
 * once the claim is committed, so that a payload which ends the process is known to have been in flight.
 *
 * <p>{@link Watermark} says where a claim begins to read. What lies before it are mostly dead rows, which stay for as
 * long as any session holds an old snapshot.
 *
 * <h2>The fence</h2>
 *
 * <p>Every statement that settles a record asks for {@code status = 'processing'} and for the claim's id, and answers
 * with the records for which that held. Safety rests on nothing else: an owner that lost its claim changes nothing,
 * however long it slept. A lease only decides when others may take the records. {@code SqlTests} reads every update of
 * the queue and fails for one that does not ask.
 *
 * <h2>Locks</h2>
 *
 * <ul>
 *   <li>Claims, failures, releases, recovery, retries, dead letters and retention lock with {@code skip locked}. They
 *       wait for no record.
 *   <li>A completion waits for its records, and so do {@link Completions#find} and {@link Failures#failed}, which need
 *       a final answer. They ask for records in the order of their ids. The release of what did not fit into a claim
 *       waits as well.
 *   <li>A claim of a flow with a limit locks the flow's row in {@code flow_limit} first and its records after that, so
 *       claims of such a flow come one after the other.
 *   <li>Recovery locks records first, and then the rows of the dead worker instances in the order of their ids. An
 *       acquittal locks the row of an instance first, but then waits for nothing.
 *   <li>{@link ClaimJournal#revoke} waits for the claim's own statement, by the primary key of
 *       {@code processing_claim}.
 * </ul>
 *
 * <h2>Indexes</h2>
 *
 * <p>No index and no predicate of one mentions a column that a completion changes, so a completion touches no index.
 *
 * <ul>
 *   <li>{@code processing_queue_waiting}, by flow, {@code available_at} and id, of what is pending: claims, the look
 *       for due flows, the number of pending records and the age of the oldest.
 *   <li>{@code processing_queue_suspects}, of what is pending and was in flight when a process died: the claim of a
 *       suspect.
 *   <li>{@code processing_queue_key}, unique: a flow's key is added once.
 *   <li>{@code processing_queue_retries}, by flow and {@code next_retry_at}: what is due for another attempt.
 *   <li>{@code processing_queue_failures}, by flow, {@code failed_at} and id: dead letters and the number of failed
 *       records.
 *   <li>{@code processing_queue_unfenced}, of what is claimed without a {@code claim_id}: what Python workers have.
 *   <li>{@code processing_queue_run_key}, unique, by run: a run's key is added once; all records of a run.
 *   <li>{@code processing_queue_run_waiting}, {@code _run_failures} and {@code _run_retries}, by run: what is open of
 *       it, and what has failed. A record without a run has no entry in any of them.
 *   <li>{@code processing_queue_other}: the number of records with a status of somebody's own.
 *   <li>The primary key: settling, and the walks of retention and of {@code StrayRecords}. An index that finds
 *       completed or stray records directly would cost every completion an entry.
 *   <li>{@code processing_claim_instance} and {@code processing_claim_flow}: the claims of an instance, for recovery,
 *       and of a flow, for its limit.
 * </ul>
 *
 * <h2>What happens when something fails</h2>
 *
 * <ul>
 *   <li>The answer to a claim is lost: the worker revokes the claim's id, so that the claim has either happened or
 *       never will, and then releases what it holds.
 *   <li>The answer to a COMMIT of completions is lost: {@link Completions#find} waits for what still has the records
 *       locked, and says which are completed. The answer to a failure is lost: {@link Failures#failed} does the same.
 *   <li>A handler's {@code write} swallows an error: the transaction is over, and COMMIT does not say so.
 *       {@link Completions#prove} fails instead.
 *   <li>Somebody's transaction has locked a record that is to fail or to be released: the statement leaves it, and
 *       {@link Releases#held} says that it is still the claim's. The worker releases it later.
 *   <li>A payload cannot be read: the claim is made again without payloads, and the one record gets a flaw.
 *   <li>A process dies: its lease runs out, and recovery makes its records pending with their attempt. The one that ran
 *       isolated is to blame, or else all of them, and {@code crash_count} grows. Two crashes make a record a suspect,
 *       which runs isolated; one that is isolated in too many crashes becomes a dead letter of kind poison. If the
 *       process turns out to live, its records are acquitted.
 *   <li>A failover loses completions or failures that were answered: the worker asks {@link ClaimJournal#held} which
 *       claims PostgreSQL still holds for it, and releases those it is done with.
 *   <li>A record is {@code processing} under a claim that has no row: {@code StrayRecords} finds it by a walk.
 * </ul>
 *
 * <h2>Clocks</h2>
 *
 * <p>PostgreSQL's clock decides what is due, what is old and which lease has run out. {@code now()} is the time of the
 * transaction; leases are compared with {@code clock_timestamp()}, which goes on within it. The process's monotonic
 * clock only measures: how long a claim took, how long it has heard no notification.
 *
 * <h2>Who calls what</h2>
 *
 * <ul>
 *   <li>The worker claims through {@link LimitedClaims}, which asks for nothing more where a flow has no limit. Claims,
 *       {@code ClaimJournal} and {@code DueFlows} use the control pool, so that no handler can keep them waiting.
 *   <li>{@link Completions} take part in the transaction in which the handler writes. They, {@link Failures} and
 *       {@link Releases} use the pool of {@code spring.datasource}.
 *   <li>Only a claim's owner settles its records. Anybody may call what is in {@code recovery}, {@code retention} and
 *       {@code counts}, on several replicas at once, and twice.
 *   <li>{@code deadletter}, and recovery on an operator's behalf, write to {@code operator_action} who asked, in the
 *       transaction that changes the records.
 * </ul>
 *
 * <h2>Names in SQL</h2>
 *
 * <p>Another role may create operators and functions in the schema. PostgreSQL prefers them to its own where they fit
 * the types exactly and its own do not, and would run them with the worker's rights. So statements compare what is
 * {@code varchar} as {@code text}, and call functions that take any type as {@code pg_catalog}'s. {@code HijackTests}
 * tries every statement.
 */
@ApplicationModule(allowedDependencies = {"handler", "flow", "failure", "lease", "control", "database", "text"})
@NullMarked
package io.rpaworker.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
