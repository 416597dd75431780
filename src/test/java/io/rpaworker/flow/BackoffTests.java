package io.rpaworker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTests {

    private static final RandomGenerator MIDDLE = () -> Long.MIN_VALUE;

    private final Backoff backoff = new Backoff(Duration.ofSeconds(10), 3, Duration.ofMinutes(10));

    @ParameterizedTest
    @CsvSource({"1, 10s", "2, 30s", "3, 90s", "4, 270s", "5, 600s", "6, 600s", "1000, 600s"})
    void growsExponentiallyUpToItsLimit(int failures, String delay) {
        assertThat(backoff.after(failures, MIDDLE)).isEqualTo(Duration.parse("PT" + delay));
    }

    @Test
    void spreadsFromHalfToOneAndAHalf() {
        var random = new Random(42);

        List<Duration> delays = IntStream.range(0, 1_000)
                .mapToObj(i -> backoff.after(1, random))
                .sorted()
                .toList();

        assertThat(delays.getFirst()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_100));
        assertThat(delays.getLast()).isBetween(Duration.ofMillis(14_900), Duration.ofSeconds(15));
    }

    @Test
    void staysTheSameWithAMultiplierOfOne() {
        assertThat(new Backoff(Duration.ofMillis(1), 1, Duration.ofDays(7)).after(500, MIDDLE))
                .isEqualTo(Duration.ofMillis(1));
    }
}
