package io.rpaworker.maintenance;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When the chores are done.
 *
 * @param enabled whether this replica does chores at all
 * @param sweepInterval pause between two searches for what dead replicas left, and for due retries by a replica that
 *     does not lead: it may run flows that the leader does not; every fourth time for what Python workers left
 * @param retryInterval pause between two searches of the leader for retries that are due
 * @param purgeInterval pause between two walks for records that are old enough to be deleted
 * @param maxCrashes a record that was under way in so many crashes of a process, twice in company and then alone, is a
 *     dead letter
 * @param leaderLease how long the leader of the chores may be silent before another replica leads
 * @param retention how long terminal records are kept
 */
@Validated
@ConfigurationProperties("rpa.maintenance")
public record MaintenanceProperties(
        @DefaultValue("true") boolean enabled,

        @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration sweepInterval,

        @DefaultValue("1s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration retryInterval,

        @DefaultValue("1m") @DurationMin(millis = 100) @DurationMax(days = 1)
        Duration purgeInterval,

        @DefaultValue("3") @Min(3) @Max(100) int maxCrashes,

        @DefaultValue("15s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration leaderLease,

        @DefaultValue @Valid Retention retention) {

    /**
     * How long terminal records are kept.
     *
     * @param completed from the completion
     * @param dead dead letters, from the failure
     * @param attempts failed attempts, from their end, whether or not their record is still there
     * @param adopted what was there before rpa_db was adopted, from the completion or the failure; null means for ever
     */
    record Retention(
            @DefaultValue("7d") @DurationMin(seconds = 1) @DurationMax(days = 36_500)
            Duration completed,

            @DefaultValue("30d") @DurationMin(seconds = 1) @DurationMax(days = 36_500)
            Duration dead,

            @DefaultValue("30d") @DurationMin(seconds = 1) @DurationMax(days = 36_500)
            Duration attempts,

            @DurationMin(seconds = 1) @DurationMax(days = 36_500) @Nullable
            Duration adopted) {}
}
