package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTests {

<<<<<<< HEAD
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void readsFromTheVeryStartAtFirst() {
        assertThat(new Watermark(Duration.ofHours(1)).next()).isNull();
    }

    @Test
    void startsWhereTheLastClaimEndedAfterAReadThatWasDear() {
        var watermark = new Watermark(Duration.ofHours(1));
        watermark.claimed(NOON, HOUR);

        assertThat(watermark.next()).isEqualTo(NOON);

        watermark.claimed(NOON.plusSeconds(1), 1);
        assertThat(watermark.next()).isEqualTo(NOON.plusSeconds(1));

        watermark.claimed(null, 1);
        assertThat(watermark.next()).as("an empty claim leaves it where it was").isEqualTo(NOON.plusSeconds(1));
=======
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
>>>>>>> it
    }

    @Test
    void readsFromTheVeryStartAgainWhereThatCostsNothing() {
        var watermark = new Watermark(Duration.ofHours(1));
        watermark.claimed(NOON, 0);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void readsFromTheVeryStartOnceInTheSweepIntervalHoweverDearItIs() {
        var watermark = new Watermark(Duration.ZERO);
<<<<<<< HEAD
        watermark.claimed(NOON, HOUR);
=======
        watermark.next();
        watermark.claimed(REACHED, SLOW);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void alwaysReadsFromTheStartWhereThatCostsNothing() {
        var watermark = new Watermark(HOUR);
        watermark.next();
        watermark.claimed(REACHED, 0);
>>>>>>> it

        assertThat(watermark.next()).isNull();
    }
}
