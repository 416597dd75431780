/**
 * Settles records in the table, chunk by chunk.
 *
 * <h2>Overview</h2>
 *
 * <p>What is to become of a record is a {@link Settlement}: complete it, fail it, release it, or call it a suspect.
 * Whoever decides hands it to {@link SettlingStage#accept} and goes on. {@link SettlementBuffer} gathers settlements of
 * one claim, for 20 ms at most, into a chunk; two {@link Settler}s per flow take chunks, so that one prepares while the
 * other waits for PostgreSQL. While two chunks wait, the stage is full, and no record is started: what waits here is
 * done, and would be done again if the process died.
 *
 * <pre>
 *                         SettlementBuffer              Settler
 *   handler, watch, stop ------ chunk -------&gt; complete: ChunkCompletion, with the handler's write
 *                                              fail:     FailuresAndReleases --- FailedAttempts: retry or dead letter
 *                                              release:  FailuresAndReleases
 *                                              suspect:  FailuresAndReleases
 * </pre>
 *
 * <h2>A chunk's transaction</h2>
 *
 * <p>{@link ChunkTransaction} completes the records first, and writes the effects of those that were still the claim's.
 * A statement after the write has to succeed too, since PostgreSQL answers the COMMIT of a transaction that an error
 * has ended with ROLLBACK, and the driver does not say so. If the chunk is the whole claim, the claim's row goes with
 * it.
 *
 * <h2>What happens when something fails</h2>
 *
 * <ul>
 *   <li>The write fails for a record's sake: the chunk is halved until the culprit stands alone. It costs that record
 *       an attempt, by {@link WriteFailures}, and its neighbours nothing.
 *   <li>rpa_db does not take the chunk, or does not answer: it is tried ten times, and three times if the error is one
 *       that PostgreSQL itself came to grief with. After that each part is tried once, since one record may be locked
 *       by somebody. What is left is postponed, costs no attempt, and opens the breaker of what this flow writes.
 *   <li>The answer to COMMIT is lost: nothing is guessed. {@link ChunkTransaction#find} waits for a transaction that
 *       still has the rows, and says which records are completed.
 *   <li>A write commits by itself: that cannot be taken back. What it has completed is completed, and
 *       {@link WriteViolations} says so in the log and in health.
 *   <li>Somebody's open transaction has locked a record that is to fail or to be released: it is left, and released
 *       later ({@code ClaimCleanup}).
 *   <li>A failure cannot be recorded as it is: it is recorded without its reason.
 *   <li>The claim's lease ends meanwhile: the settler stops asking. The records are recovery's.
 *   <li>Settling is broken itself, or interrupted by the stop: the records are released later.
 * </ul>
 *
 * <p>The first failure of each kind is logged with its stack, the others are counted ({@link RepeatedFailures}).
 * Messages of handlers' exceptions may quote payloads, and are left out.
 *
 * <h2>Clocks</h2>
 *
 * <p>The process's monotonic clock says when a chunk is due and for how long failures are counted. PostgreSQL's says
 * when a record failed and when it is due again: it is given how long to wait, not until when.
 */
@ApplicationModule(
        allowedDependencies = {
            "worker.inflight",
            "queue",
            "breaker",
            "failure",
            "flow",
            "handler",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.worker.settling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
