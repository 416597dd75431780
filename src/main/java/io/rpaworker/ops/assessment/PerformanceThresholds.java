package io.rpaworker.ops.assessment;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When the work does not go well; the defaults are the old system's.
 *
 * @param successCriticalPercent fewer completed records of what finished: a critical alert
 * @param successWarningPercent the same: a warning, and a recommendation
 * @param flowSuccessCriticalPercent fewer of one flow: a critical alert
 * @param flowSuccessToReviewPercent fewer of one flow: a recommendation that names it
 * @param rateWarningPerHour fewer records that finish in an hour while others wait: a warning
 * @param rateToScalePerHour the same: a recommendation
 * @param flowTimeWarning a longer mean time in a flow's handler: a warning
 * @param flowTimeToReview the same: a recommendation that names it
 * @param errorsToReview more failed attempts: a recommendation
 * @param spikeRatio an hour with so many times the failed attempts of the mean hour is a spike
 * @param spikeLeast and at least so many of them
 */
@Validated
@ConfigurationProperties("rpa.monitoring.performance")
public record PerformanceThresholds(
        @DefaultValue("80") @Min(0) @Max(100) double successCriticalPercent,
        @DefaultValue("90") @Min(0) @Max(100) double successWarningPercent,
        @DefaultValue("70") @Min(0) @Max(100) double flowSuccessCriticalPercent,
        @DefaultValue("80") @Min(0) @Max(100) double flowSuccessToReviewPercent,
        @DefaultValue("10") @Min(0) double rateWarningPerHour,
        @DefaultValue("50") @Min(0) double rateToScalePerHour,

        @DefaultValue("30m") @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration flowTimeWarning,

        @DefaultValue("15m") @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration flowTimeToReview,

        @DefaultValue("100") @Min(0) long errorsToReview,
        @DefaultValue("3") @Min(1) @Max(1000) double spikeRatio,
        @DefaultValue("10") @Min(1) long spikeLeast) {}
