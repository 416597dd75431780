package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Does the chores, one after the other on a thread of its own, each as often as its interval says. */
@Component
@EnableConfigurationProperties(MaintenanceProperties.class)
class Maintenance implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Maintenance.class);

    // Python workers' claims are given an hour unless a flow says otherwise: some seconds more are nothing to them.
    private static final int TAKING_ROUNDS = 4;

    // A walk reads the whole table for what should not be there: one in ten minutes at most, which is what a schedule
    // may make of this.
    private static final Duration STRAY_INTERVAL = Duration.ofMinutes(14);

    private final OrphanRecovery recovery;
    private final FlowDuties flows;
    private final LeaderDuties leader;
    private final Leadership leadership;
    private final Heartbeat heartbeat;
    private final FlowRegistry known;
    private final ChoreRunner runner;
    private final MaintenanceProperties properties;
    private final Schedule sweeping;
    private final Schedule folding;
    private final Schedule watching;
    private final Schedule taking;
    private final Schedule leading;
    private final Schedule retryingAsLeader;
    private final Schedule retryingAsFollower;
    private final Schedule purging;
    private final Schedule purgingReplicas;
    private final Schedule purgingAttempts;
    private final Schedule recoveringStrays;
    private final Loop loop;

    Maintenance(
            OrphanRecovery recovery,
            FlowDuties flows,
            LeaderDuties leader,
            Leadership leadership,
            Heartbeat heartbeat,
            FlowRegistry known,
            ChoreRunner runner,
            MaintenanceProperties properties,
            MeterRegistry meters,
            Loops loops) {
        this.recovery = recovery;
        this.flows = flows;
        this.leader = leader;
        this.leadership = leadership;
        this.heartbeat = heartbeat;
        this.known = known;
        this.runner = runner;
        this.properties = properties;
        this.loop = loops.of(Role.of("maintenance", "Rounds of chores"), this::comeRound);
        this.sweeping = new Schedule(properties.sweepInterval(), System::nanoTime);
        this.folding = new Schedule(properties.sweepInterval(), System::nanoTime);
        this.watching = new Schedule(properties.sweepInterval(), System::nanoTime);
        this.taking = new Schedule(properties.sweepInterval().multipliedBy(TAKING_ROUNDS), System::nanoTime);
        this.leading = new Schedule(properties.leaderLease().dividedBy(3), System::nanoTime);
        this.retryingAsLeader = new Schedule(properties.retryInterval(), System::nanoTime);
        this.retryingAsFollower = new Schedule(properties.sweepInterval(), System::nanoTime);
        this.purging = new Schedule(properties.purgeInterval(), System::nanoTime);
        this.purgingReplicas = new Schedule(properties.purgeInterval(), System::nanoTime);
        this.purgingAttempts = new Schedule(properties.purgeInterval(), System::nanoTime);
        this.recoveringStrays = new Schedule(STRAY_INTERVAL, System::nanoTime);
        recovery.showFromTheStart(known.known());
        Gauge.builder("rpa.leader", leadership, it -> it.isLeader() ? 1 : 0)
                .description("1 on the replica that does the chores for all")
                .register(meters);
    }

    @Override
    public void start() {
        if (properties.enabled()) {
            loop.start();
        }
    }

    @Override
    public void stop() {
        if (loop.isRunning()) {
            loop.stop();
            try {
                loop.await(Duration.ofSeconds(5));
                leadership.resign();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                log.debug("Could not resign; the term ends by itself", e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    // Right below the worker's: the worker stops first, so that nothing is left for its records' sake.
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 1;
    }

    private Duration comeRound() {
        workOnce();
        Duration tick = properties.retryInterval().compareTo(properties.sweepInterval()) < 0
                ? properties.retryInterval()
                : properties.sweepInterval();
        return tick.dividedBy(2);
    }

    /** Does what is due. One that fails takes no other's turn. */
    void workOnce() {
        leader.showUndeletable();
        WorkerInstance instance = heartbeat.instance().orElse(null);
        if (instance == null) {
            return;
        }
        if (heartbeat.isEstablished()) {
            whenDue("recovery", sweeping, Maintenance::everybodys, once(recovery::sweepOnce));
            whenDue("folding", folding, leadership::isLeader, once(leader::foldOnce));
            whenDue("canaries", watching, leadership::isLeader, leader::sweepOnce);
            whenDue(
                    "recovery from Python workers",
                    taking,
                    Maintenance::everybodys,
                    () -> flows.sweepOnce(known.cleanupTimeouts()));
        }
        // A second try would find only that this replica has given its term up.
        if (leading.isDue()) {
            runner.run(
                    "leadership",
                    once(() -> leadership.campaign(instance.id(), properties.leaderLease())),
                    Maintenance::everybodys);
        }
        Schedule retrying = leadership.isLeader() ? retryingAsLeader : retryingAsFollower;
        whenDue(
                "retries",
                retrying,
                Maintenance::everybodys,
                () -> flows.retryOnce(known.cleanupTimeouts().keySet()));
        whenDue("recovery of stray records", recoveringStrays, leadership::isLeader, leader::recoverStraysOnce);
        whenDue("retention of replicas", purgingReplicas, leadership::isLeader, once(leader::purgeReplicasOnce));
        whenDue("retention of attempts", purgingAttempts, leadership::isLeader, leader::purgeAttemptsOnce);
        // Keeps its place by itself, and has time.
        if (purging.isDue() && runner.run("retention", () -> leader.purgeOnce(known.known()), leadership::isLeader)) {
            purging.hurry();
        }
    }

    private void whenDue(String chore, Schedule schedule, BooleanSupplier mine, BooleanSupplier work) {
        if (schedule.isDue() && runner.runAgain(chore, work, mine)) {
            schedule.hurry();
        }
    }

    // What each replica does, as opposed to the leader's.
    private static boolean everybodys() {
        return true;
    }

    private static BooleanSupplier once(Runnable work) {
        return () -> {
            work.run();
            return false;
        };
    }
}
