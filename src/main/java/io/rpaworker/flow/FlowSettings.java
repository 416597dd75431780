package io.rpaworker.flow;

import io.rpaworker.settings.SettingsException;
import io.rpaworker.text.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one flow is processed: what {@code rpa.flows.<flow>}, {@code rpa.global} and the defaults say together. */
public record FlowSettings(
        boolean enabled,
        Mode mode,
        int batchSize,
        Duration claimAhead,
        int concurrency,
        Threads threads,
        int chunkSize,
        Duration pollInterval,
        Duration recordTimeout,
        boolean restartWhenStuck,
        int maxRetries,
        Backoff backoff,
        Duration cleanupTimeout,
        Limits limits,
        Partition partition,
        RunSettings run) {

    /** Where a flow's records come from. */
    enum Mode {
        /** From the queue, shared by all replicas. */
        DISTRIBUTED,
        /** Not from the queue: its records are left alone. */
        STANDARD
    }

    /** What calls of a handler run on. */
    public enum Threads {
        /** The system shares the processors out among them, whatever they do. */
        PLATFORM,
        /** They share a few threads with each other: one that waits costs next to nothing, one that computes delays. */
        VIRTUAL
    }

    /** How a flow is processed that nothing is said about. */
    public static FlowSettings defaults(String flow) {
        return of(flow, null, null);
    }

    /** What is said of one flow comes before what is said of all, and that before the defaults. */
    static FlowSettings of(String flow, @Nullable FlowProperties own, @Nullable FlowProperties global) {
        var found = new Fallback<>(own, global);
        var retry = found.within(FlowProperties::retry);
        var share = found.within(FlowProperties::partition);
        var settings = new FlowSettings(
                found.get(FlowProperties::enabled, false),
                found.get(FlowProperties::mode, Mode.DISTRIBUTED),
                found.get(FlowProperties::batchSize, 500),
                found.get(FlowProperties::claimAhead, Duration.ofSeconds(1)),
                found.get(FlowProperties::concurrency, 16),
                found.get(FlowProperties::threads, Threads.PLATFORM),
                found.get(FlowProperties::chunkSize, 500),
                found.get(FlowProperties::pollInterval, Duration.ofSeconds(1)),
                found.get(FlowProperties::recordTimeout, Duration.ofMinutes(5)),
                found.get(FlowProperties::restartWhenStuck, false),
                found.get(FlowProperties::maxRetries, 3),
                new Backoff(
                        retry.get(FlowProperties.Retry::initialDelay, Duration.ofSeconds(10)),
                        retry.get(FlowProperties.Retry::multiplier, 3.0),
                        retry.get(FlowProperties.Retry::maxDelay, Duration.ofMinutes(10))),
                found.get(FlowProperties::cleanupTimeout, Duration.ofHours(1)),
                new Limits(found.find(FlowProperties::rateLimit), found.find(FlowProperties::maxInFlight)),
                new Partition(
                        share.get(FlowProperties.Partition::instanceId, 0),
                        share.get(FlowProperties.Partition::instanceCount, 1)),
                RunSettings.of(flow, own == null ? null : own.run(), global == null ? null : global.run()));
        settings.refuseContradictions(flow);
        return settings;
    }

    /**
     * How a flow beside this one is processed, whose few records are each the work of a page or more: one at a time,
     * several at once, and none is claimed ahead of those who could begin it.
     */
    FlowSettings beside() {
        int atOnce = Math.min(concurrency, 4);
        return new FlowSettings(
                enabled,
                mode,
                atOnce,
                Duration.ZERO,
                atOnce,
                threads,
                1,
                pollInterval,
                recordTimeout,
                restartWhenStuck,
                maxRetries,
                backoff,
                cleanupTimeout,
                Limits.NONE,
                Partition.ALL,
                run);
    }

    private void refuseContradictions(String flow) {
        if (backoff.initialDelay().compareTo(backoff.maxDelay()) > 0) {
            throw new SettingsException(
                    "Flow '%s': retry.initial-delay (%s) is longer than retry.max-delay (%s)"
                            .formatted(
                                    flow, DurationText.of(backoff.initialDelay()), DurationText.of(backoff.maxDelay())),
                    "Make retry.max-delay at least as long, under rpa.flows.%s or rpa.global.".formatted(flow));
        }
        if (recordTimeout.compareTo(cleanupTimeout) >= 0) {
            throw new SettingsException(
                    "Flow '%s': record-timeout (%s) is not shorter than cleanup-timeout (%s)"
                            .formatted(flow, DurationText.of(recordTimeout), DurationText.of(cleanupTimeout)),
                    "Records would be taken from a worker that may still be at them. Make cleanup-timeout longer than"
                            + " record-timeout, under rpa.flows.%s or rpa.global.".formatted(flow));
        }
        if (partition.index() >= partition.count()) {
            throw new SettingsException(
                    "Flow '%s': partition.instance-id (%d) is not below partition.instance-count (%d)"
                            .formatted(flow, partition.index(), partition.count()),
                    "Instance ids run from 0 to instance-count - 1.");
        }
    }
}
