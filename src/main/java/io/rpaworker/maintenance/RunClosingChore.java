package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.run.RunClosing.Candidate;
import io.rpaworker.queue.run.RunClosing.Step;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.run.RunMeters;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Takes runs further of which nothing is open: to their end, to failure, to being cancelled; and begins those that
 * waited for others. The leader looks for them more often; the others look too, so that no run waits for a leader.
 */
@Component
@Order(25) // people wait for the end of a run
class RunClosingChore implements Chore {

    private static final Logger log = LoggerFactory.getLogger(RunClosingChore.class);

    private final RunClosing closing;
    private final RunOrders orders;
    private final RunMeters meters;
    private final Leadership leadership;
    private final MaintenanceProperties properties;
    private long reached;

    RunClosingChore(
            RunClosing closing,
            RunOrders orders,
            RunMeters meters,
            Leadership leadership,
            MaintenanceProperties properties) {
        this.closing = closing;
        this.orders = orders;
        this.meters = meters;
        this.leadership = leadership;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "runs";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return leadership.isLeader() ? properties.retryInterval() : properties.sweepInterval();
    }

    @Override
    public boolean runOnce() {
        List<Candidate> found = closing.candidates(reached);
        reached = RunClosing.isFull(found) ? found.getLast().run() : 0;
        boolean more = reached > 0;
        RuntimeException failure = null;
        for (Candidate it : found) {
            // What one run fails on is no other's.
            try {
                more |= it.state() == RunState.CANCELLING && RunOrders.isWhole(orders.withdraw(it.run()));
                closing.close(it.run()).ifPresent(this::told);
            } catch (RuntimeException e) {
                log.debug("Run {} stays as it is for now", it.run(), e);
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return more;
    }

    private void told(Step step) {
        Duration took = step.took();
        if (took != null) {
            meters.ended(step.flow(), step.to(), took);
        }
        tell(step);
    }

    private static void tell(Step step) {
        switch (step.to()) {
            case DISCOVERING ->
                log.info("Run {} of flow {} begins: those before it have ended", step.run(), step.flow());
            case POST_PROCESSING ->
                log.info("Run {} of flow {} has processed all its records; its end follows", step.run(), step.flow());
            case FAILED -> log.warn("Run {} of flow {} has failed. {}", step.run(), step.flow(), step.reason());
            default ->
                log.info(
                        "Run {} of flow {} is {}",
                        step.run(),
                        step.flow(),
                        step.to().column());
        }
    }
}
