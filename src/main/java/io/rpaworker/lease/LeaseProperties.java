package io.rpaworker.lease;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long this replica holds what it has claimed without a sign of life.
 *
 * @param lease how long a replica's claims outlive its last heartbeat
 * @param heartbeatInterval pause between two heartbeats, at most a third of the lease
 */
@Validated
@ConfigurationProperties("rpa.worker")
public record LeaseProperties(
        @DefaultValue("30s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration lease,

        @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 20)
        Duration heartbeatInterval) {

    /** Two heartbeats may fail in a row before the lease ends. */
    @AssertTrue(message = "rpa.worker.heartbeat-interval must be at most a third of rpa.worker.lease")
    public boolean isHeartbeatFrequentEnough() {
        return heartbeatInterval.multipliedBy(3).compareTo(lease) <= 0;
    }
}
