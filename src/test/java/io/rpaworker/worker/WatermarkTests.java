package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTests {

    private static final Instant REACHED = Instant.parse("2026-01-01T10:00:00Z");

    @Test
    void startsAtTheVeryStart() {
        assertThat(new Watermark(Duration.ofHours(1)).next()).isNull();
    }

    @Test
    void goesOnWhereTheLastClaimEnded() {
        var watermark = new Watermark(Duration.ofHours(1));
        watermark.next();
        watermark.reached(REACHED);

        assertThat(watermark.next()).isEqualTo(REACHED);
        assertThat(watermark.next()).isEqualTo(REACHED);
    }

    @Test
    void readsFromTheStartWhenASweepIsDue() {
        var watermark = new Watermark(Duration.ZERO);
        watermark.next();
        watermark.reached(REACHED);

        assertThat(watermark.next()).isNull();
    }
}
