package io.rpaworker.worker.inflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchSizeTests {

    private static final int MEBIBYTE = 1024 * 1024;

    private final BatchSize size = new BatchSize(16, 500, false, 16 * MEBIBYTE);

    @Test
    void beginsWithARecordForEachSlotAndGrowsToASecondsWork() {
        assertThat(size.next()).isEqualTo(16);

        size.dispatched(16, Duration.ofMillis(100).toNanos());
        assertThat(size.next()).isEqualTo(160);

        size.dispatched(160, Duration.ofMillis(1).toNanos());
        assertThat(size.next()).isEqualTo(500);

        size.dispatched(500, Duration.ofHours(1).toNanos());
        assertThat(size.next()).isEqualTo(16);
    }

    @Test
    void asksForTwiceAsManyAsFitIntoAClaim() {
        size.dispatched(500, 1);

        size.claimed(16, 16L * MEBIBYTE);
        assertThat(size.next()).isEqualTo(32);

        size.claimed(1, 100L * MEBIBYTE);
        assertThat(size.next()).isEqualTo(1);

        size.claimed(1, 0);
        assertThat(size.next()).isEqualTo(500);
    }

    @Test
    void isLightWhileABatchTakesAQuarterOfAClaimAtMost() {
        assertThat(size.isLight()).isTrue();

        size.claimed(500, 4L * MEBIBYTE);
        assertThat(size.isLight()).isTrue();

        size.claimed(500, 5L * MEBIBYTE);
        assertThat(size.isLight()).isFalse();

        size.claimed(1, 10_000);
        assertThat(size.isLight()).as("500 would be more than a quarter").isFalse();
    }

    @Test
    void aHandlerOfBatchesGetsThemWhole() {
        assertThat(new BatchSize(4, 500, true, MEBIBYTE).next()).isEqualTo(500);
    }
}
