package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void readsFromTheVeryStartAtFirst() {
        assertThat(new Watermark<Instant>(Duration.ofHours(1), System::nanoTime).next())
                .isNull();
    }

    @Test
    void startsWhereTheLastClaimEndedAfterAReadThatWasDear() {
        var watermark = new Watermark<Instant>(Duration.ofHours(1), System::nanoTime);
        watermark.claimed(null, NOON, HOUR);

        assertThat(watermark.next()).isEqualTo(NOON);

        watermark.claimed(NOON, NOON.plusSeconds(1), 1);
        assertThat(watermark.next()).isEqualTo(NOON.plusSeconds(1));

        watermark.claimed(NOON.plusSeconds(1), null, 1);
        assertThat(watermark.next()).as("an empty claim leaves it where it was").isEqualTo(NOON.plusSeconds(1));
    }

    @Test
    void readsFromTheVeryStartAgainWhereThatCostsNothing() {
        var watermark = new Watermark<Instant>(Duration.ofHours(1), System::nanoTime);
        watermark.claimed(null, NOON, 0);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void readsFromTheVeryStartOnceInTheSweepIntervalHoweverDearItIs() {
        var watermark = new Watermark<Instant>(Duration.ZERO, System::nanoTime);
        watermark.claimed(null, NOON, HOUR);

        assertThat(watermark.next()).isNull();
    }

    @Test
    void ofClaimsThatOverlapTheFurthestCounts() {
        var watermark = reached(NOON);

        watermark.claimed(NOON, NOON.plusSeconds(2), 1);
        watermark.claimed(NOON, NOON.plusSeconds(1), 1);

        assertThat(watermark.next()).isEqualTo(NOON.plusSeconds(2));
    }

    @Test
    void whatAReadFromTheVeryStartHasLeftIsNotPassedOver() {
        var watermark = reached(NOON);

        watermark.claimed(null, NOON.minusSeconds(60), HOUR);
        watermark.claimed(NOON, NOON.plusSeconds(1), 1);

        assertThat(watermark.next()).isEqualTo(NOON.minusSeconds(60));
    }

    @Test
    void oneAtATimeReadsFromTheVeryStart() {
        var watermark = new Watermark<Instant>(Duration.ZERO, System::nanoTime);
        watermark.claimed(null, NOON, 0);

        assertThat(watermark.next()).isNull();
        assertThat(watermark.next()).isEqualTo(NOON);
        watermark.unanswered(null);
        assertThat(watermark.next()).as("it came to nothing").isNull();
        watermark.claimed(null, NOON, 0);
        assertThat(watermark.next()).isNull();
    }

    private static Watermark<Instant> reached(Instant place) {
        var watermark = new Watermark<Instant>(Duration.ofHours(1), System::nanoTime);
        watermark.claimed(null, place, HOUR);
        return watermark;
    }
}
