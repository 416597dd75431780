package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTests {

    private static final long QUICK = 5_000;
    private static final long SLOW = 1_000_000;

    private final Pace pace = new Pace();

    @Test
    void wakesAllUntilAClaimHasShownThatOneWillDo() {
        assertThat(pace.atFirst()).isEqualTo(Integer.MAX_VALUE);

        claim(100, 0);

        assertThat(pace.atFirst()).isOne();
    }

    @Test
    void aFewSlowRecordsAreChanceAndManyAreNot() {
        claim(100, 24);
        assertThat(pace.atFirst()).isOne();

        claim(100, 25);
        assertThat(pace.atFirst()).isEqualTo(Integer.MAX_VALUE);

        claim(100, 0);
        assertThat(pace.atFirst()).isOne();
    }

    @Test
    void aTrialThatLeavesRecordsIsWorthOneMore() {
        assertThat(pace.after(1, 40)).isEqualTo(2);
        assertThat(pace.after(4, 40)).isEqualTo(5);
    }

    @Test
    void aTrialInWhichLittleIsBegunDoublesThem() {
        assertThat(pace.after(1, 39)).isEqualTo(2);
        assertThat(pace.after(4, 39)).isEqualTo(8);
    }

    private void claim(int records, int slow) {
        for (int i = 0; i < records; i++) {
            pace.handled(i < slow ? SLOW : QUICK);
        }
        pace.handedOut(records);
    }
}
