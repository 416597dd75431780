package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class IsolationBackoffTests {

    private static final Duration NONE = Duration.ZERO;
    private static final Duration REST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofSeconds(35);
    private static final RandomGenerator MIDDLE = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble(double origin, double bound) {
            return (origin + bound) / 2;
        }
    };

    private final IsolationBackoff backoff = new IsolationBackoff(LONGEST, 0);

    @Test
    void theFirstSuspectMayTryAtOnce() {
        assertThat(backoff.isRestedAt(0)).isTrue();
    }

    @Test
    void theOthersHaveTheirTimeAfterATryInVain() {
        backoff.lost(Duration.ofSeconds(10), 0, MIDDLE);

        assertRested(REST);
    }

    @Test
    void theOthersHaveAtLeastAsMuchTimeAsTheyLost() {
        backoff.lost(Duration.ofMinutes(3), 0, MIDDLE);
        assertRested(Duration.ofMinutes(3));

        backoff.rewarded(Duration.ofSeconds(9), 0);
        assertRested(Duration.ofSeconds(9));
    }

    @Test
    void theTimeOfTheOthersIsSpread() {
        backoff.lost(NONE, 0, new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }
        });

        assertRested(REST.dividedBy(2));
    }

    @Test
    void eachTryInVainDoublesTheTimeOfTheNextUpToTheLongestCall() {
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(10));
        backoff.lost(NONE, 0, MIDDLE);
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(20));
        backoff.lost(NONE, 0, MIDDLE);
        assertThat(backoff.next()).isEqualTo(LONGEST);
        backoff.lost(NONE, 0, MIDDLE);
        assertThat(backoff.next()).isEqualTo(LONGEST);

        backoff.rewarded(NONE, 0);
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void theNextSuspectHasTheTimeThatTheLastOneNeeded() {
        backoff.rewarded(Duration.ofSeconds(25), 0);
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(25));

        backoff.rewarded(Duration.ofMinutes(3), 0);
        assertThat(backoff.next()).isEqualTo(LONGEST);
    }

    @Test
    void isNeverLongerThanTheLongestCall() {
        assertThat(new IsolationBackoff(Duration.ofSeconds(6), 0).next()).isEqualTo(Duration.ofSeconds(6));
    }

    private void assertRested(Duration after) {
        assertThat(backoff.isRestedAt(after.minusNanos(1).toNanos())).isFalse();
        assertThat(backoff.isRestedAt(after.toNanos())).isTrue();
    }
}
