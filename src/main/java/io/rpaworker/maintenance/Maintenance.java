package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import java.time.Duration;
import java.util.List;
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

    private final DueChores chores;
    private final Heartbeat heartbeat;
    private final Leadership leadership;
    private final MaintenanceProperties properties;
    private final Loop loop;

    Maintenance(
            List<Chore> chores,
            ChoreRunner runner,
            Heartbeat heartbeat,
            Leadership leadership,
            MaintenanceProperties properties,
            Loops loops) {
        this.chores = new DueChores(chores, runner, System::nanoTime);
        this.heartbeat = heartbeat;
        this.leadership = leadership;
        this.properties = properties;
        this.loop = loops.of(Role.of("maintenance", "Rounds of chores").restingAfterFailure(pause()), this::comeRound);
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
        return pause();
    }

    private Duration pause() {
        Duration tick = properties.retryInterval().compareTo(properties.sweepInterval()) < 0
                ? properties.retryInterval()
                : properties.sweepInterval();
        return tick.dividedBy(2);
    }

    /** Does what is due, as long as this replica has a lease. */
    void workOnce() {
        chores.beginRound();
        if (heartbeat.instance().isPresent()) {
            chores.runOnce(heartbeat.isEstablished());
        }
    }
}
