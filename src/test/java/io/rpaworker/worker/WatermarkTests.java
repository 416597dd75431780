package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTests {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final long SLOW = Duration.ofMinutes(10).toNanos();
    private static final Instant REACHED = Instant.parse("2026-01-01T10:00:00Z");

    @Test
    void startsAtTheVeryStart() {
        assertThat(new Watermark(HOUR).next()).isNull();
    }

    @Test
    void goesOnWhereTheLastClaimEnded() {
        var watermark = new Watermark(HOUR);
        watermark.next();
        watermark.claimed(REACHED, SLOW);
        assertThat(watermark.next()).isEqualTo(REACHED);

        watermark.claimed(REACHED.plusSeconds(1), SLOW);
        assertThat(watermark.next()).isEqualTo(REACHED.plusSeconds(1));
    }

    @Test
    void staysWhereItIsWhenNothingWasFound() {
        var watermark = new Watermark(HOUR);
        watermark.next();
        watermark.claimed(REACHED, SLOW);

        watermark.claimed(null, SLOW);

        assertThat(watermark.next()).isEqualTo(REACHED);
    }

    @Test
    void readsFromTheStartWhenASweepIsDue() {
        var watermark = new Watermark(Duration.ZERO);
        watermark.next();
        watermark.claimed(REACHED, SLOW);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void alwaysReadsFromTheStartWhereThatCostsNothing() {
        var watermark = new Watermark(HOUR);
        watermark.next();
        watermark.claimed(REACHED, 0);

        assertThat(watermark.next()).isNull();
    }
}
