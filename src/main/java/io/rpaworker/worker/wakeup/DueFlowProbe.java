package io.rpaworker.worker.wakeup;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Step;
import io.rpaworker.queue.DueFlows;
import io.rpaworker.queue.DueFlows.Due;
import io.rpaworker.queue.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Looks for due records of the flows that are idle, and wakes their pollers. */
final class DueFlowProbe implements Step {

    // Notifications tell of what is inserted. What is left are records that come back: retries, orphans, releases. For
    // these the replicas that are notified look about as often together as one would alone, if all run the same flows.
    private static final int MOST_ROUNDS = 5;

    private final List<? extends IdleFlow> flows;
    private final DueFlows dueFlows;
    private final Heartbeat heartbeat;
    private final BooleanSupplier notified;
    private final Map<IdleFlow, Watermark<Instant>> watermarks = new HashMap<>();
    private final Duration sweepInterval;
    private final long intervalMillis;
    private final boolean anyLimited;
    private int rounds = 1;
    private int skipped;

    /**
     * A probe of some flows.
     *
     * @param notified whether PostgreSQL tells of inserted records
     * @param sweepInterval how often to look from the very start
     */
    DueFlowProbe(
            List<? extends IdleFlow> flows,
            DueFlows dueFlows,
            Heartbeat heartbeat,
            BooleanSupplier notified,
            Duration sweepInterval) {
        this.flows = flows;
        this.dueFlows = dueFlows;
        this.heartbeat = heartbeat;
        this.notified = notified;
        this.sweepInterval = sweepInterval;
        this.intervalMillis = flows.stream()
                .mapToLong(it -> it.pollInterval().toMillis())
                .min()
                .orElseThrow();
        this.anyLimited = flows.stream().anyMatch(IdleFlow::isLimited);
    }

    // Round by round, so that it looks soon again once the notifications end. What a limit has left waiting has nobody
    // else who looks for it, if the others do not run that flow.
    @Override
    public Duration comeRound() {
        if (anyLimited || !notified.getAsBoolean() || ++skipped >= rounds) {
            skipped = 0;
            lookOnce();
        }
        return pause();
    }

    /** Until it is to look again; spread, so that many replicas do not ask in step. */
    Duration pause() {
        return Duration.ofMillis(
                (long) (intervalMillis * ThreadLocalRandom.current().nextDouble(0.7, 0.95)));
    }

    private void lookOnce() {
        List<? extends IdleFlow> idle = flows.stream().filter(IdleFlow::isIdle).toList();
        if (idle.isEmpty() || heartbeat.lease().isEmpty()) {
            return;
        }
        var notBefore = new LinkedHashMap<String, @Nullable Instant>();
        idle.forEach(it -> notBefore.put(it.name(), watermark(it).next()));
        long began = System.nanoTime();
        Due due;
        try {
            due = dueFlows.among(notBefore);
        } catch (Throwable e) {
            idle.forEach(it -> watermark(it).unanswered(notBefore.get(it.name())));
            throw e;
        }
        long nanos = System.nanoTime() - began;
        rounds = Math.clamp(due.listeners(), 1, MOST_ROUNDS);
        for (IdleFlow flow : idle) {
            boolean found = due.flows().contains(flow.name());
            // What was found stays ahead of the watermark until it is claimed.
            watermark(flow).claimed(notBefore.get(flow.name()), found ? null : due.askedAt(), nanos);
            if (found) {
                flow.wakeUp();
            }
        }
    }

    private Watermark<Instant> watermark(IdleFlow flow) {
        return watermarks.computeIfAbsent(flow, it -> new Watermark<>(sweepInterval, System::nanoTime));
    }
}
