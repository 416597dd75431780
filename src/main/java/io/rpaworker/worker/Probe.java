package io.rpaworker.worker;

import io.rpaworker.queue.DueFlows;
import io.rpaworker.queue.DueFlows.Due;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for due records of the flows that are idle, and wakes their pollers. */
final class Probe implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Probe.class);

    private final List<FlowRunner> runners;
    private final DueFlows dueFlows;
    private final Lease lease;
    private final Map<FlowRunner, Watermark> watermarks = new HashMap<>();
    private final Duration sweepInterval;
    private final long intervalMillis;

    /**
     * A probe of some flows.
     *
     * @param sweepInterval how often to look from the very start
     */
    Probe(List<FlowRunner> runners, DueFlows dueFlows, Lease lease, Duration sweepInterval) {
        this.runners = runners;
        this.dueFlows = dueFlows;
        this.lease = lease;
        this.sweepInterval = sweepInterval;
        this.intervalMillis = runners.stream()
                .mapToLong(it -> it.flow().settings().pollInterval().toMillis())
                .min()
                .orElseThrow();
    }

    @Override
    public void run() {
        while (true) {
            try {
                // Spread, so that many replicas do not ask in step.
                Thread.sleep(
                        (long) (intervalMillis * ThreadLocalRandom.current().nextDouble(0.7, 0.95)));
                lookOnce();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                log.debug("Could not ask for due flows", e);
            }
        }
    }

    private void lookOnce() {
        List<FlowRunner> idle = runners.stream().filter(FlowRunner::isIdle).toList();
        if (idle.isEmpty() || lease.tenure().isEmpty()) {
            return;
        }
        var notBefore = new LinkedHashMap<String, @Nullable Instant>();
        idle.forEach(it -> notBefore.put(it.flow().name(), watermark(it).next()));
        long began = System.nanoTime();
        Due due = dueFlows.among(notBefore);
        long nanos = System.nanoTime() - began;
        for (FlowRunner runner : idle) {
            boolean found = due.flows().contains(runner.flow().name());
            // What was found stays ahead of the watermark until it is claimed.
            watermark(runner).claimed(found ? null : due.askedAt(), nanos);
            if (found) {
                runner.wakeUp();
            }
        }
    }

    private Watermark watermark(FlowRunner runner) {
        return watermarks.computeIfAbsent(runner, it -> new Watermark(sweepInterval));
    }
}
