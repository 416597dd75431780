package io.rpaworker.worker.claiming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FittingRecordsTests {

    private static final int MEBIBYTE = 1024 * 1024;

    private final FittingRecords fitting = new FittingRecords(16 * MEBIBYTE);

    @Test
    void asksForTwiceAsManyAsFitIntoAClaim() {
        assertThat(fitting.atMost(500)).isEqualTo(500);

        fitting.claimed(16, 16L * MEBIBYTE);
        assertThat(fitting.atMost(500)).isEqualTo(32);
        assertThat(fitting.atMost(20)).isEqualTo(20);

        fitting.claimed(1, 100L * MEBIBYTE);
        assertThat(fitting.atMost(500)).isEqualTo(1);

        fitting.claimed(1, 0);
        assertThat(fitting.atMost(500)).isEqualTo(500);
    }
}
