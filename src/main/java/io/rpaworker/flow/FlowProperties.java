package io.rpaworker.flow;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.time.ZoneId;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/**
 * What {@code rpa.global} says for all flows and {@code rpa.flows.<flow>} for one. What is absent falls back: from the
 * flow to global, from there to the default.
 *
 * @param enabled whether this replica processes the flow; default false
 * @param mode distributed takes records from the queue; standard leaves the queue alone; default distributed
 * @param batchSize most records claimed by one statement; default 500
 * @param claimAhead how much work a replica claims beyond its free slots: what its slots are likely to finish in that
 *     time; 0 for none; default 1s
 * @param concurrency most calls of the handler at once; default 16
 * @param threads what calls of the handler run on: platform threads, which the system gives their share of the
 *     processors, or virtual threads, for handlers that wait in large numbers; default platform
 * @param chunkSize most records completed by one transaction; default 500
 * @param pollInterval pause after a poll that found nothing; default 1s
 * @param recordTimeout how long a call of the handler may take; default 5m
 * @param restartWhenStuck whether liveness fails as soon as all slots of this flow are stuck, whatever the other flows
 *     do; default false
 * @param maxRetries a record that has failed so often is a dead letter; default 3
 * @param retry how long a failed record waits for its next attempt
 * @param cleanupTimeout age at which a record that a Python worker claimed is taken from it; default 1h
 * @param rateLimit most records claimed per second over the whole cluster; default any number
 * @param maxInFlight most records claimed and not settled over the whole cluster; default any number
 * @param partition which share of the flow's records this instance takes; default all of them
 * @param run how runs of the flow are started and discovered
 */
record FlowProperties(
        @Nullable Boolean enabled,
        FlowSettings.@Nullable Mode mode,
        @Nullable @Min(1) @Max(10_000) Integer batchSize,

        @Nullable @DurationMin @DurationMax(minutes = 10) Duration claimAhead,

        @Nullable @Min(1) @Max(10_000) Integer concurrency,
        FlowSettings.@Nullable Threads threads,
        @Nullable @Min(1) @Max(10_000) Integer chunkSize,

        @Nullable @DurationMin(millis = 10) @DurationMax(hours = 1)
        Duration pollInterval,

        @Nullable @DurationMin(millis = 100) @DurationMax(days = 1)
        Duration recordTimeout,

        @Nullable Boolean restartWhenStuck,
        @Nullable @Min(1) @Max(1_000) Integer maxRetries,
        @Nullable @Valid Retry retry,

        @Nullable @DurationMin(minutes = 1) @DurationMax(days = 30)
        Duration cleanupTimeout,

        @Nullable @DecimalMin("0.01") @DecimalMax("1000000") Double rateLimit,
        @Nullable @Min(1) @Max(1_000_000) Integer maxInFlight,
        @Nullable @Valid Partition partition,
        @Nullable @Valid Run run) {

    /**
     * How long a failed record waits: exponentially longer with each attempt, and at random between half and one and a
     * half of that.
     *
     * @param initialDelay after the first failure; default 10s
     * @param multiplier from one failure to the next; default 3
     * @param maxDelay never longer than this; default 10m
     */
    record Retry(
            @Nullable @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration initialDelay,

            @Nullable @DecimalMin("1.0") @DecimalMax("100.0")
            Double multiplier,

            @Nullable @DurationMin(millis = 1) @DurationMax(days = 7)
            Duration maxDelay) {}

    /**
     * How runs are started and discovered.
     *
     * @param schedule when a run is started: second minute hour day month weekday, as Spring has it; {@code -} for
     *     never; default never
     * @param timeZone whose clock the schedule means; default UTC
     * @param catchUp which ticks are made up for that passed while no replica was there; default last
     * @param overlap what becomes of a start while a run of the flow has not ended: skip leaves a tick out and refuses
     *     an order, queue lets it wait, allow has both go on at once; default skip
     * @param pageSize how many records a page of discovery should have; default 1000
     * @param maxOpen discovery waits while as many records of the run wait; default 50000
     * @param maxDepth how deep the children of a record may be; default 3
     */
    record Run(
            @Nullable String schedule,
            @Nullable ZoneId timeZone,
            RunSettings.@Nullable CatchUp catchUp,
            RunSettings.@Nullable Overlap overlap,
            @Nullable @Min(1) @Max(10_000) Integer pageSize,
            @Nullable @Min(1) @Max(100_000_000) Integer maxOpen,
            @Nullable @Min(0) @Max(1_000) Integer maxDepth) {}

    /**
     * A static share of a flow's records.
     *
     * @param instanceId from 0; default 0
     * @param instanceCount how many shares there are; default 1
     */
    record Partition(
            @Nullable @Min(0) Integer instanceId,
            @Nullable @Min(1) @Max(1_000) Integer instanceCount) {}
}
