package io.rpaworker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimesTests {

    @Test
    void noneHasNoTime() {
        assertThat(Times.NONE.count()).isZero();
        assertThat(Times.NONE.meanSeconds()).isZero();
        assertThat(Times.NONE.quantile(0.5)).isZero();
    }

    @Test
    void aTimeAtABoundBelongsToTheBucketBelow() {
        assertThat(Times.bucket(0)).isZero();
        assertThat(Times.bucket(1_000_000)).isZero();
        assertThat(Times.bucket(1_000_001)).isOne();
        assertThat(Times.bucket(50_000_000_000_000L)).isEqualTo(23);
        assertThat(Times.bucket(Long.MAX_VALUE)).isEqualTo(24);
    }

    /** The table's columns have room for as many. */
    @Test
    void hasTwentyFiveBuckets() {
        assertThat(Times.BUCKETS).isEqualTo(25);
    }

    @Test
    void tellsQuantilesAsExactlyAsTheBucketsAre() {
        var random = new Random(1);
        long[] nanos = LongStream.generate(() -> (long) (Math.exp(random.nextGaussian() * 2 + 3) * 1_000_000))
                .limit(10_000)
                .sorted()
                .toArray();

        Times times = of(nanos);

        for (double share : new double[] {0.5, 0.95, 0.99}) {
            double exact = nanos[(int) (share * nanos.length) - 1];
            assertThat(times.quantile(share).toNanos() / exact)
                    .as("%s of %s", share, exact)
                    .isBetween(0.75, 1.3);
        }
        assertThat(times.meanSeconds()).isCloseTo(LongStream.of(nanos).average().orElseThrow() / 1e9, within(1e-6));
    }

    @Test
    void oneTimeIsEveryQuantile() {
        Times times = of(Duration.ofSeconds(3).toNanos());

        assertThat(times.quantile(0.01)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
        assertThat(times.quantile(1)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatIsAboveTheLastBoundCountsAsThat() {
        assertThat(of(Long.MAX_VALUE).quantile(0.5)).isEqualTo(Duration.ofSeconds(50_000));
    }

    @Test
    void addsUp() {
        Times both = of(1, 2_000_000).plus(of(3_000_000_000L));

        assertThat(both).isEqualTo(of(1, 2_000_000, 3_000_000_000L));
        assertThat(both.count()).isEqualTo(3);
    }

    private static Times of(long... nanos) {
        var tally = new TimesTally();
        LongStream.of(nanos).forEach(tally::add);
        return tally.times();
    }
}
