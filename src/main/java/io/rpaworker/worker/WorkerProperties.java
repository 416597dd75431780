package io.rpaworker.worker;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How this replica claims, and stops. For how long it holds what it has claimed is said by
 * {@link io.rpaworker.lease.LeaseProperties}, under the same prefix.
 *
 * @param enabled whether this replica processes records at all; without it there are only endpoints
 * @param watermarkSweep how often a claim reads the queue from its very start, for records that were committed late
 * @param drainTimeout how long running handlers may take to finish after SIGTERM
 * @param wakeUp whether inserted records wake idle flows at once, by LISTEN and NOTIFY; without it they are found
 *     within the poll interval
 * @param maxClaimBytes most payload in one claim; a single larger record is claimed alone
 * @param maxPayloadBytes largest payload, as text; a larger one is a dead letter, and is not added
 */
@Validated
@ConfigurationProperties("rpa.worker")
public record WorkerProperties(
        @DefaultValue("true") boolean enabled,

        @DefaultValue("2s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration watermarkSweep,

        @DefaultValue("60s") @DurationMin(seconds = 0) @DurationMax(hours = 24)
        Duration drainTimeout,

        @DefaultValue("true") boolean wakeUp,
        @DefaultValue("16MB") DataSize maxClaimBytes,
        @DefaultValue("64MB") DataSize maxPayloadBytes) {

    private static final DataSize LEAST = DataSize.ofKilobytes(64);
    // Half of what PostgreSQL can write out, and a quarter of what the driver can read.
    private static final DataSize MOST_PAYLOAD = DataSize.ofMegabytes(512);

    /** A claim without room for a byte would never claim. */
    @AssertTrue(message = "rpa.worker.max-claim-bytes must be at least 64KB")
    public boolean isClaimLargeEnough() {
        return maxClaimBytes.compareTo(LEAST) >= 0;
    }

    /** Smaller ones are no harm; larger ones PostgreSQL and the driver cannot pass on in one piece. */
    @AssertTrue(message = "rpa.worker.max-payload-bytes must be at least 64KB and at most 512MB")
    public boolean isPayloadBounded() {
        return maxPayloadBytes.compareTo(LEAST) >= 0 && maxPayloadBytes.compareTo(MOST_PAYLOAD) <= 0;
    }
}
