package io.rpaworker.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT0S            | 0 s",
                "PT0.000000001S  | 1 ms",
                "PT0.001073153S  | 2 ms",
                "PT0.089877432S  | 90 ms",
                "PT0.1S          | 0.1 s",
                "PT2.599S        | 2.5 s",
                "PT10S           | 10 s",
                "PT59.999S       | 59.9 s",
                "PT5M            | 5 min",
                "PT5M1.5S        | 5 min 1 s",
                "PT1H            | 1 h",
                "PT90M           | 1 h 30 min",
                "P2DT3H4M        | 2 d 3 h",
                "PT-10S          | -10 s",
            })
    void saysItAsPeopleDo(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }
}
