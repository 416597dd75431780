package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class HandlingTimeTests {

    private static final Offset<Double> NEARLY = within(0.01);

    private final HandlingTime time = new HandlingTime(10);

    @Test
    void nothingIsKnownUntilACallHasEnded() {
        assertThat(time.mean(1_000)).isInfinite();

        time.handled(1, 50);

        assertThat(time.mean(0)).isEqualTo(50);
    }

    @Test
    void aCallForManyRecordsIsSharedOutAmongThem() {
        time.handled(500, 1_000);

        assertThat(time.mean(0)).isEqualTo(2);
    }

    // The first of sixteen to end is the quickest of them.
    @Test
    void whatStillRunsCounts() {
        time.handled(1, 100);

        assertThat(time.mean(1_500)).isEqualTo(1_600);
    }

    @Test
    void olderCallsCountLessAndLess() {
        repeat(100, 1);
        time.mean(0);
        time.handled(1, 1_001);
        assertThat(time.mean(0)).as("a tenth").isCloseTo(101, NEARLY);

        repeat(10, 1);
        assertThat(time.mean(0)).as("a tenth of a third").isCloseTo(1 + 100 * Math.pow(0.9, 10), NEARLY);

        repeat(200, 1);
        assertThat(time.mean(0)).isCloseTo(1, NEARLY);
    }

    @Test
    void itMakesNoDifferenceHowOftenSomebodyLooks() {
        var often = new HandlingTime(10);
        for (int i = 0; i < 50; i++) {
            often.handled(1, 7);
            often.mean(0);
        }
        repeat(50, 7);

        assertThat(time.mean(0)).isCloseTo(often.mean(0), NEARLY);
        time.handled(1, 100);
        often.handled(1, 100);
        assertThat(time.mean(0)).isCloseTo(often.mean(0), NEARLY);
    }

    @Test
    void forgets() {
        repeat(5, 7);
        time.mean(0);
        repeat(5, 7);

        time.forget();

        assertThat(time.mean(0)).isInfinite();
        time.handled(1, 3);
        assertThat(time.mean(0)).isEqualTo(3);
    }

    private void repeat(int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            time.handled(1, nanos);
        }
    }
}
