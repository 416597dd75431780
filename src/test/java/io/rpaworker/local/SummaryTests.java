package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SummaryTests {

    @Test
    void lastLineIsForScriptsAndTheOtherForPeople() {
        var summary = new Summary(28_865, 2, Duration.ofMillis(2_500));

        assertThat(summary.exitLine()).isEqualTo("completed=28865 failed=2 seconds=2.500 records_per_second=11547");
        assertThat(summary.text()).isEqualTo("28,867 records: 28,865 completed, 2 failed, in 2.5 s (11,547 records/s)");
    }

    @Test
    void nothingToDoIsNoDivision() {
        assertThat(new Summary(0, 0, Duration.ZERO).exitLine())
                .isEqualTo("completed=0 failed=0 seconds=0.000 records_per_second=0");
    }
}
