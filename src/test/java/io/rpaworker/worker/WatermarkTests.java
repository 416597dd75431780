package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void readsFromTheVeryStartAtFirst() {
        assertThat(new Watermark<Instant>(Duration.ofHours(1)).next()).isNull();
    }

    @Test
    void startsWhereTheLastClaimEndedAfterAReadThatWasDear() {
        var watermark = new Watermark<Instant>(Duration.ofHours(1));
        watermark.claimed(NOON, HOUR);

        assertThat(watermark.next()).isEqualTo(NOON);

        watermark.claimed(NOON.plusSeconds(1), 1);
        assertThat(watermark.next()).isEqualTo(NOON.plusSeconds(1));

        watermark.claimed(null, 1);
        assertThat(watermark.next()).as("an empty claim leaves it where it was").isEqualTo(NOON.plusSeconds(1));
    }

    @Test
    void readsFromTheVeryStartAgainWhereThatCostsNothing() {
        var watermark = new Watermark<Instant>(Duration.ofHours(1));
        watermark.claimed(NOON, 0);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void readsFromTheVeryStartOnceInTheSweepIntervalHoweverDearItIs() {
        var watermark = new Watermark<Instant>(Duration.ZERO);
        watermark.claimed(NOON, HOUR);

        assertThat(watermark.next()).isNull();
    }
}
