package io.rpaworker.worker;

import io.rpaworker.condition.FlowCondition;
import io.rpaworker.control.Orders;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.wakeup.WakeUpListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Starts the enabled flows when everything else is up, and stops them before anything else goes down.
 *
 * <p>The order of the stop: no claim any more; what has not started is released; what runs has the drain time; what
 * still runs then is interrupted and released; the lease ends last.
 */
@Component
public class Worker implements SmartLifecycle, FlowStates {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    // To settle what the interrupted calls leave, and to end the lease.
    static final Duration LAST_STEPS = Duration.ofSeconds(5);
    // For calls to end that were interrupted when the drain time was over: who does not ignores it.
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);

    private final FlowRunnerFactory runners;
    private final WakeUpListener listener;
    private final Heartbeat heartbeat;
    private final WorkerProperties properties;
    private final ApplicationEventPublisher events;
    private final Loop watch;

    private volatile List<FlowRunner> running = List.of();
    private volatile Orders orders = Orders.NONE;
    private volatile boolean started;

    Worker(
            FlowRunnerFactory runners,
            WakeUpListener listener,
            Heartbeat heartbeat,
            WorkerProperties properties,
            ApplicationEventPublisher events,
            Loops loops) {
        this.runners = runners;
        this.listener = listener;
        this.heartbeat = heartbeat;
        this.properties = properties;
        this.events = events;
        this.watch = loops.of(
                Role.vital("watch", "Looks at running calls").restingAfterFailure(WATCH_INTERVAL), this::watchOnce);
    }

    @Override
    public void start() {
        if (properties.enabled()) {
            heartbeat.start();
            running = runners.all();
            running.forEach(FlowRunner::start);
            listener.start(running);
            watch.start();
            log.info(
                    "Processing flows {}",
                    running.stream()
                            .map(it -> "%s by %s"
                                    .formatted(
                                            it.flow().name(),
                                            it.flow().handledBy().text()))
                            .toList());
        }
        started = true;
    }

    @Override
    public void stop() {
        if (properties.enabled()) {
            AvailabilityChangeEvent.publish(events, this, ReadinessState.REFUSING_TRAFFIC);
            drain();
            watch.stop();
            listener.stop();
            boolean exiting = running.stream().anyMatch(FlowRunner::isExiting);
            running.forEach(FlowRunner::stop);
            if (exiting) {
                heartbeat.abandon();
            } else {
                heartbeat.stop();
            }
        }
        started = false;
    }

    @Override
    public boolean isRunning() {
        return started;
    }

    /** Whether this process is to process records. */
    boolean isEnabled() {
        return properties.enabled();
    }

    /** How idle flows of this replica learn of new records now. */
    public WakeUpMode wakeUps() {
        if (!properties.wakeUp()) {
            return WakeUpMode.OFF;
        }
        return listener.isListening() ? WakeUpMode.LISTENING : WakeUpMode.POLLING;
    }

    @Override
    public List<FlowState> flows() {
        return running.stream().map(FlowRunner::state).toList();
    }

    @Override
    public List<FlowCondition> conditions() {
        return running.stream().map(FlowRunner::condition).toList();
    }

    /** Does what operators have ordered, and goes on doing so until it is told otherwise. */
    void obey(Orders current) {
        orders = current;
        running.forEach(it -> obey(it, current));
    }

    // What is wrong with one flow does not keep the others from obeying.
    private static void obey(FlowRunner flow, Orders current) {
        try {
            flow.obey(current);
        } catch (RuntimeException e) {
            log.error("Flow {} could not do what operators have ordered; it is told again", flow.name(), e);
        }
    }

    /** What operators have ordered, as far as this replica knows. */
    public Orders orders() {
        return orders;
    }

    private void drain() {
        long began = System.nanoTime();
        boolean outlasted = false;
        each(FlowRunner::stopClaiming);
        try {
            outlasted = !until(properties.drainTimeout(), FlowRunner::isDrained);
            if (outlasted) {
                log.warn("Handlers still run after {}; interrupting them", DurationText.of(properties.drainTimeout()));
                each(FlowRunner::interruptCalls);
                if (!until(LAST_STEPS, FlowRunner::isDrained)) {
                    log.warn(
                            "Records of flows {} did not finish in time; recovery makes them pending once the lease has ended",
                            running.stream()
                                    .filter(it -> !it.isDrained())
                                    .map(FlowRunner::name)
                                    .toList());
                }
                until(GRACE, it -> it.givenUp(true).isEmpty());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellDrained(Duration.ofNanos(System.nanoTime() - began), outlasted);
    }

    private void tellDrained(Duration took, boolean allInterrupted) {
        String givenUp = running.stream()
                .map(it -> it.givenUp(allInterrupted))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
        if (givenUp.isEmpty()) {
            log.info("Drained within {}", DurationText.of(took));
        } else {
            log.warn("Drained within {}; gave up {}", DurationText.of(took), givenUp);
        }
    }

    private boolean until(Duration timeout, Predicate<FlowRunner> reached) throws InterruptedException {
        long until = System.nanoTime() + timeout.toNanos();
        while (!running.stream().allMatch(reached)) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            Thread.sleep(10);
        }
        return true;
    }

    private Duration watchOnce() {
        each(FlowRunner::watch);
        return WATCH_INTERVAL;
    }

    private void each(Consumer<FlowRunner> step) {
        running.forEach(step);
    }
}
