package io.rpaworker.maintenance;

import io.rpaworker.database.FailureReason;
import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    private final Loops loops;
    private volatile @Nullable Loop loop;

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
        this.loops = loops;
    }

    @Override
    public void start() {
        if (properties.enabled()) {
            loop = loops.start("maintenance", this::workUntilInterrupted);
        }
    }

    @Override
    public void stop() {
        Loop working = loop;
        loop = null;
        if (working != null) {
            working.stop();
            try {
                working.await(Duration.ofSeconds(5));
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
        return loop != null;
    }

    // Right below the worker's: the worker stops first, so that nothing is left for its records' sake.
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 1;
    }

    private void workUntilInterrupted() {
        Duration tick = properties.retryInterval().compareTo(properties.sweepInterval()) < 0
                ? properties.retryInterval()
                : properties.sweepInterval();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Loop.comesRound(tick.dividedBy(2));
                Thread.sleep(tick.dividedBy(2));
                workOnce();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                log.warn("A round of chores ended early; the next one follows: {}", FailureReason.of(e));
                log.debug("A round of chores ended early", e);
            }
        }
    }

    /** Does what is due, as long as this replica has a lease. */
    void workOnce() {
        chores.beginRound();
        if (heartbeat.instance().isPresent()) {
            chores.runOnce(heartbeat.isEstablished());
        }
    }
}
