package io.rpaworker.ops.diagnosis;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * From where on something is a finding.
 *
 * @param slowAfter rpa_db that takes longer to answer is slow
 * @param verySlowAfter and that takes longer than this, very slow; after five seconds it does not answer at all
 * @param clockDifference this process's clock and PostgreSQL's may differ by so much
 * @param poolWarningPercent a pool of which more is in use is busy
 * @param poolCriticalPercent and of which more than this is in use, exhausted
 * @param manyOrphans more orphans than this are a reason to clean up
 * @param manyFailed more failed records than this are a reason to look at their errors
 * @param longProcessing records that take longer on the average are a reason to look at the flow
 * @param tooLongProcessing and that take longer than this, an issue
 * @param deadPercent a larger share of dead rows is a finding
 * @param deadRows but not below so many
 * @param vacuumAfter where there are so many dead rows, a vacuum that is longer ago is overdue
 * @param retryAfter a retry that is overdue by more is a finding
 * @param manyRetries more records of one flow that wait for another attempt are a finding
 * @param sweepAfter a lease that ran out longer ago should have been swept
 * @param leaderAfter live replicas without a leader for longer are a finding
 * @param idsPercent a table's ids of which more are used up are a finding
 */
@Validated
@ConfigurationProperties("rpa.monitoring.diagnosis")
record DiagnosisProperties(
        @DefaultValue("1s") @DurationMin(millis = 1) @DurationMax(seconds = 4)
        Duration slowAfter,

        @DefaultValue("3s") @DurationMin(millis = 1) @DurationMax(seconds = 4)
        Duration verySlowAfter,

        @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(hours = 1)
        Duration clockDifference,

        @DefaultValue("80") @Min(1) @Max(100) int poolWarningPercent,
        @DefaultValue("95") @Min(1) @Max(100) int poolCriticalPercent,
        @DefaultValue("10") @Min(0) @Max(1_000_000) int manyOrphans,
        @DefaultValue("50") @Min(0) @Max(1_000_000) int manyFailed,

        @DefaultValue("30m") @DurationMin(seconds = 1) @DurationMax(days = 30)
        Duration longProcessing,

        @DefaultValue("60m") @DurationMin(seconds = 1) @DurationMax(days = 30)
        Duration tooLongProcessing,

        @DefaultValue("20") @Min(1) @Max(100) int deadPercent,
        @DefaultValue("50000") @Min(0) @Max(1_000_000_000) int deadRows,

        @DefaultValue("1d") @DurationMin(seconds = 1) @DurationMax(days = 365)
        Duration vacuumAfter,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(days = 30)
        Duration retryAfter,

        @DefaultValue("1000") @Min(0) @Max(100_000) int manyRetries,

        @DefaultValue("1m") @DurationMin(seconds = 0) @DurationMax(days = 1)
        Duration sweepAfter,

        @DefaultValue("1m") @DurationMin(seconds = 0) @DurationMax(days = 1)
        Duration leaderAfter,

        @DefaultValue("80") @Min(1) @Max(100) int idsPercent) {

    /** What is critical is a warning first. */
    @AssertTrue(
            message = "rpa.monitoring.diagnosis.slow-after must be at most very-slow-after, long-processing at most"
                    + " too-long-processing, and pool-warning-percent at most pool-critical-percent")
    public boolean isRising() {
        return slowAfter.compareTo(verySlowAfter) <= 0
                && longProcessing.compareTo(tooLongProcessing) <= 0
                && poolWarningPercent <= poolCriticalPercent;
    }
}
