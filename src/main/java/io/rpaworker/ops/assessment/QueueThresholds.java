package io.rpaworker.ops.assessment;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When the queue is not well; the defaults are the old system's. What exceeds a threshold is told.
 *
 * @param failedCriticalPercent failed records of all records, or dead letters of what finished: the queue is critical
 * @param failedDegradedPercent the same: it is degraded
 * @param flowFailedCriticalPercent the same of one flow: a critical alert
 * @param processingOverloadedPercent records under way of all records: it is overloaded
 * @param processingHigh records under way: a warning
 * @param processingToWatch records under way: a recommendation to look for orphans
 * @param pendingBacklog pending records: a warning of a backlog
 * @param pendingToScale pending records: a recommendation to add capacity
 * @param windowHours for how long back it counts what finished
 */
@Validated
@ConfigurationProperties("rpa.monitoring.queue")
public record QueueThresholds(
        @DefaultValue("20") @Min(0) @Max(100) double failedCriticalPercent,
        @DefaultValue("10") @Min(0) @Max(100) double failedDegradedPercent,
        @DefaultValue("50") @Min(0) @Max(100) double flowFailedCriticalPercent,
        @DefaultValue("80") @Min(0) @Max(100) double processingOverloadedPercent,
        @DefaultValue("100") @Min(0) long processingHigh,
        @DefaultValue("50") @Min(0) long processingToWatch,
        @DefaultValue("1000") @Min(0) long pendingBacklog,
        @DefaultValue("500") @Min(0) long pendingToScale,
        @DefaultValue("24") @Min(1) @Max(9600) int windowHours) {}
