package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTests {

    private static final long QUICK = 5_000;
    private static final long SLOW = 1_000_000;

    private final Pace pace = new Pace();

    @Test
    void isNotQuickBeforeAClaimHasShownIt() {
        assertThat(pace.isQuick()).isFalse();

        claim(100, 0);

        assertThat(pace.isQuick()).isTrue();
    }

    @Test
    void aFewSlowRecordsAreChanceAndManyAreNot() {
        claim(100, 24);
        assertThat(pace.isQuick()).isTrue();

        claim(100, 25);
        assertThat(pace.isQuick()).isFalse();

        claim(100, 0);
        assertThat(pace.isQuick()).isTrue();
    }

    @Test
    void aTrialInWhichLittleIsBegunEndsIt() {
        claim(100, 0);

        pace.tried(40);
        assertThat(pace.isQuick()).isTrue();

        pace.tried(39);
        assertThat(pace.isQuick()).isFalse();
    }

    private void claim(int records, int slow) {
        for (int i = 0; i < records; i++) {
            pace.handled(i < slow ? SLOW : QUICK);
        }
        pace.handedOut(records);
    }
}
