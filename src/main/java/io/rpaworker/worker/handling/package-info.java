/**
 * Calls handlers, in bounded slots, and says what is to become of each record.
 *
 * <h2>Overview</h2>
 *
 * <p>{@link HandlingStage} says how many records it wants ({@link Demand}, by {@link HandlingTime}), is offered claims,
 * and has room for two ({@link Offers}): the one that is handed out and the next. {@link Dispatcher} acquires a slot
 * for each thread that the claim's records are worth ({@link Pace}). A slot takes one call's records after the other, a
 * single record or a batch, and keeps its thread for them ({@link HandlerSlots}, {@link HandlingThreads}).
 * {@link HandlerInvoker} decodes the payload and calls the handler, for a batch as {@link BatchCall} says;
 * {@link OutcomeTranslator} turns what it answers or throws into a settlement, {@link Decisions} sees to it that there
 * is one for each record, and the stage passes that on. {@link CallWatch} watches the calls that run.
 *
 * <p>Nothing that is claimed waits behind a slow call: what has found no slot two seconds after it should have is
 * released, unless it is settling that keeps the slots.
 *
 * <h2>The life of a call</h2>
 *
 * <pre>
 *             slot                 outcome or exception
 *   (claim) ------&gt; running --------------------------------&gt; ended
 *                    |                                          ^   ^
 *                    | record-timeout, or cancelled:            |   | the slot is free again
 *                    v interrupted    ends within 2 s           |   |
 *                 to end ---------------------------------------+   |
 *                    |                                              |
 *                    | goes on all the same: given up, its records  |
 *                    v are settled without it                       |
 *                  stuck -------------------------------------------+
 * </pre>
 *
 * <p>A record is decided once, by whoever comes first: its call, the watch, the stop ({@link Decisions}). What a call
 * answers after it was given up changes nothing.
 *
 * <p>An interrupt reaches nothing but the handler: while its thread is at anything else, a probe of a source or the
 * next part of a batch, none is sent, and what is left of one ends with the handler's return ({@link HandlerCall}).
 * What was both overdue and cancelled is cancelled.
 *
 * <h2>Whose fault it is</h2>
 *
 * <ul>
 *   <li>A source does not answer: no record's. It is released, costs no attempt, and the flow's breaker opens. What may
 *       be either, a timeout or a server's own error, is asked of the source.
 *   <li>A batch fails: it is halved until the culprit stands alone, each part with its own time.
 *   <li>A call of one record takes too long: that record's, and it costs an attempt. Of a batch nobody knows which one
 *       it is stuck on, so each becomes a suspect.
 *   <li>A process died twice while the record was in flight: it is a suspect.
 *   <li>A handler calls {@code System.exit}: its call never returns, and a drain would wait for it in vain. Released,
 *       its records would end every process in turn, so they fail instead ({@link SystemExit}).
 * </ul>
 *
 * <h2>Isolation</h2>
 *
 * <p>A suspect runs with the process to itself, so that a crash can be put down to it. Calls of all flows enter
 * {@link Isolation}, which costs an increment; {@link SuspectRunner} waits until nobody is inside, marks the suspect as
 * isolated in the table, reads its payload and runs it. Those who want in first enter and then ask for a slot, and a
 * suspect does it in the same order: whoever waited for one while holding the other could wait for ever. A suspect that
 * waits in vain is released; the next one waits twice as long, after a rest for the others ({@link IsolationBackoff}).
 *
 * <h2>Stopping</h2>
 *
 * <p>First nothing starts any more, and what has not started is released. When the drain time is over, running calls
 * are interrupted and their records released. A call that goes on even then is named in the log; its thread is a daemon
 * and ends with the process.
 *
 * <h2>Threads and clocks</h2>
 *
 * <p>Handlers run on threads of their flow, which are lent to them ({@code ThreadLoan}): class loader, name, interrupt
 * and log context are the worker's again afterwards. Each flow has a share of rpa_db's connections
 * ({@code ConnectionShare}). Times of calls are measured by the monotonic clock.
 */
@ApplicationModule(
        allowedDependencies = {
            "worker.inflight",
            "worker.settling",
            "control",
            "lease",
            "breaker",
            "failure",
            "condition",
            "flow",
            "handler",
            "payload",
            "queue",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.worker.handling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
