/**
 * This process's identity, and how long it may act under it.
 *
 * <h2>Overview</h2>
 *
 * <p>A process registers as a worker instance, a row of {@code worker_instance}, and holds a lease: others leave alone
 * what it has claimed until {@code lease_until}. {@link Heartbeat} renews the lease every
 * {@code rpa.worker.heartbeat-interval}, from a thread and over a connection of its own, so that no handler can starve
 * it. A lease that has run out is never renewed: the process drops what it holds and takes a new identity.
 *
 * <p>A lease only saves work. Safety comes from the claim's id, for which every statement that settles asks: see
 * {@code io.rpaworker.queue}.
 *
 * <h2>The life of a worker instance</h2>
 *
 * <pre>
 *              register                stop in good order
 *   (process) ----------&gt; living ----------------------------&gt; ended
 *                        |  ^  |                                 ^
 *                        +--+  | lease_until has passed:         | it was alive after all, and
 *                       renew  | another instance declares it    | says so: acquitted
 *                              v dead                            |
 *                            crashed ----------------------------+
 * </pre>
 *
 * <p>{@code ended_at} is set once and never unset: by the process that stops, or by another one that finds the lease
 * run out. Both statements that could bring it back ask for {@code ended_at is null} and a lease that still holds: the
 * renewal, and the claim. Recovery may take the records of an ended instance at once.
 *
 * <h2>The window of trust</h2>
 *
 * <p>{@code lease_until} is told by PostgreSQL's clock, which the process cannot read for each record. So it trusts its
 * lease by its own monotonic clock, for five sixths of the lease, counted from before it sent the heartbeat: a slow
 * answer shortens the window, and a wall clock that is set changes nothing.
 *
 * <pre>
 *   process     asks                                     stops trusting
 *               |---------- 5/6 of the lease ------------|
 *   PostgreSQL     answers                                              lease_until
 *                  |------------------- the lease ----------------------|
 * </pre>
 *
 * <p>Whoever finds a {@link Lease} no longer trusted ends it, so that a heartbeat which is answered at that moment does
 * not revive what others have already given up. Then nothing starts and nothing is settled under this identity.
 *
 * <h2>What happens when something fails</h2>
 *
 * <ul>
 *   <li>A heartbeat fails or stays without an answer: the next follows after a quarter of the interval, at most a
 *       second. An interval of at most a third of the lease lets two in a row fail.
 *   <li>None succeeds for the window of trust: the process claims nothing and drops what it holds. Recovery takes it
 *       once PostgreSQL's lease has run out as well.
 *   <li>The process stood still, or was cut off, and was declared dead: its next heartbeat finds the lease ended. It
 *       takes back that it counts as crashed, which acquits the records that were blamed, and registers anew.
 *   <li>A handler's {@code write}, or a probe, ends the process by {@code System.exit}: {@link Heartbeat#abandon}
 *       leaves the lease to run out, as after a crash, so that what was in flight is to blame.
 *   <li>rpa_db was away: every lease looks run out. So only an established instance, every heartbeat of which has
 *       succeeded for a whole lease, may declare others dead ({@link Heartbeat#isEstablished}).
 * </ul>
 *
 * <h2>Who calls what</h2>
 *
 * <ul>
 *   <li>The worker asks {@link Heartbeat#lease} before it claims, and the claim's {@link Lease} before it starts or
 *       settles a record.
 *   <li>Chores ask {@link Heartbeat#isEstablished} before they declare others dead.
 *   <li>At a shutdown the lease ends last, so that what could not be settled is free at once.
 *   <li>{@link LiveHandlers} tells what handles which flow on the instances that live.
 * </ul>
 */
@ApplicationModule(allowedDependencies = {"condition", "flow", "database", "loop", "text"})
@NullMarked
package io.rpaworker.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
