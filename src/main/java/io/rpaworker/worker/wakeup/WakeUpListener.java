package io.rpaworker.worker.wakeup;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.loop.Step;
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
    private final WakeUpSettings settings;
    private final Loops loops;
    private final List<Loop> started = new ArrayList<>();
    private volatile boolean listening;
    private @Nullable WorkerInstance announced;
    private boolean warned;

    WakeUpListener(
            DueFlows dueFlows, Notifications notifications, Heartbeat heartbeat, WakeUpSettings settings, Loops loops) {
        this.dueFlows = dueFlows;
        this.notifications = notifications;
        this.heartbeat = heartbeat;
        this.settings = settings;
        this.loops = loops;
    }

    public void start(List<? extends IdleFlow> flows) {
        if (flows.isEmpty()) {
            return;
        }
        var probe = new DueFlowProbe(flows, dueFlows, heartbeat, () -> listening, settings.fullScanInterval());
        start(
                Role.of("probe", "Looks for due flows").whoseFailuresOthersLog().restingAfterFailure(probe.pause()),
                probe);
        if (settings.notified()) {
            start(Role.of("listen", "Wake-ups").whoseFailuresOthersLog(), () -> listenUntilItEnds(flows));
        }
    }

    public void stop() {
        started.forEach(Loop::stop);
    }

    /** Whether PostgreSQL notifies this replica now. */
    public boolean isListening() {
        return listening;
    }

    private void start(Role role, Step step) {
        Loop loop = loops.of(role, step);
        loop.start();
        started.add(loop);
    }

    /** Listens for as long as the connection lasts; answers with how long to leave PostgreSQL alone then. */
    private Duration listenUntilItEnds(List<? extends IdleFlow> flows) {
        Duration pause = CONNECT_AGAIN;
        try {
            listen(flows);
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
        return pause;
    }

    private void listen(List<? extends IdleFlow> flows) throws SQLException, NotHeardException {
        try (Listener listener = notifications.listen()) {
            while (!Thread.currentThread().isInterrupted()) {
                Loop.comesRound(ROUND);
                Set<String> due = listener.await(ROUND);
                WorkerInstance instance = heartbeat.instance().orElse(null);
                if (listener.isProven() && instance != null && !instance.equals(announced)) {
                    dueFlows.listening(instance, true);
                    announced = instance;
                    listening = true;
                    warned = false;
                    // What was inserted until then. It must come after the announcement, or what is inserted between
                    // the two is neither found nor notified.
                    flows.forEach(IdleFlow::wakeUp);
                }
                wake(flows, due);
            }
        }
    }

    private static void wake(List<? extends IdleFlow> flows, Set<String> due) {
        if (!due.isEmpty()) {
            flows.stream().filter(it -> due.contains(it.name())).forEach(IdleFlow::wakeUp);
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
