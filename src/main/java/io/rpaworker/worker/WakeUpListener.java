package io.rpaworker.worker;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.queue.DueFlows;
import io.rpaworker.queue.Notifications;
import io.rpaworker.queue.Notifications.Listener;
import io.rpaworker.queue.Notifications.NotHeardException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Wakes the pollers of idle flows: at once when PostgreSQL notifies, within the poll interval when it does not. One
 * statement asks for all idle flows of the replica.
 */
@Component
public class WakeUpListener {

    private static final Logger log = LoggerFactory.getLogger(WakeUpListener.class);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration CONNECT_AGAIN = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final DueFlows dueFlows;
    private final Notifications notifications;
    private final Heartbeat heartbeat;
    private final WorkerProperties properties;
    private final Loops loops;
    private final List<Loop> started = new ArrayList<>();
    private volatile boolean listening;
    private @Nullable WorkerInstance announced;
    private boolean warned;

    WakeUpListener(
            DueFlows dueFlows,
            Notifications notifications,
            Heartbeat heartbeat,
            WorkerProperties properties,
            Loops loops) {
        this.dueFlows = dueFlows;
        this.notifications = notifications;
        this.heartbeat = heartbeat;
        this.properties = properties;
        this.loops = loops;
    }

    void start(List<FlowRunner> runners) {
        if (runners.isEmpty()) {
            return;
        }
        start("probe", new DueFlowProbe(runners, dueFlows, heartbeat, () -> listening, properties.watermarkSweep()));
        if (properties.wakeUp()) {
            start("listen", () -> listenUntilInterrupted(runners));
        }
    }

    void stop() {
        started.forEach(Loop::stop);
    }

    /** How idle flows of this replica learn of new records now. */
    public WakeUpMode wakeUps() {
        if (!properties.wakeUp()) {
            return WakeUpMode.OFF;
        }
        return listening ? WakeUpMode.LISTENING : WakeUpMode.POLLING;
    }

    private void start(String role, Runnable loop) {
        started.add(loops.start(role, loop));
    }

    private void listenUntilInterrupted(List<FlowRunner> runners) {
        while (!Thread.currentThread().isInterrupted()) {
            Duration pause = CONNECT_AGAIN;
            try {
                listen(runners);
            } catch (NotHeardException e) {
                // Where it never worked it will hardly work soon; where it did, the connection is to blame.
                pause = listening ? CONNECT_AGAIN : TRY_AGAIN;
                warnOnce(e);
            } catch (Throwable e) {
                log.debug("Wake-ups are interrupted", e);
            } finally {
                listening = false;
                renounce();
            }
            try {
                Loop.comesRound(pause);
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listen(List<FlowRunner> runners) throws SQLException, NotHeardException {
        try (Listener listener = notifications.listen()) {
            while (!Thread.currentThread().isInterrupted()) {
                Loop.comesRound(ROUND);
                Set<String> flows = listener.await(ROUND);
                WorkerInstance instance = heartbeat.instance().orElse(null);
                if (listener.isProven() && instance != null && !instance.equals(announced)) {
                    dueFlows.listening(instance, true);
                    announced = instance;
                    listening = true;
                    warned = false;
                    // What was inserted until then. It must come after the announcement, or what is inserted between
                    // the two is neither found nor notified.
                    runners.forEach(FlowRunner::wakeUp);
                }
                wake(runners, flows);
            }
        }
    }

    private static void wake(List<FlowRunner> runners, Set<String> flows) {
        if (!flows.isEmpty()) {
            runners.stream().filter(it -> flows.contains(it.flow().name())).forEach(FlowRunner::wakeUp);
        }
    }

    private void warnOnce(NotHeardException failure) {
        if (!listening && !warned) {
            warned = true;
            log.warn("No wake-ups, polling alone: {}", failure.getMessage());
        }
    }

    // Nobody should pay for notifications that are not heard.
    private void renounce() {
        WorkerInstance instance = announced;
        announced = null;
        if (instance != null) {
            try {
                dueFlows.listening(instance, false);
            } catch (RuntimeException e) {
                log.debug("{} is still taken to listen", instance.id(), e);
            }
        }
    }
}
