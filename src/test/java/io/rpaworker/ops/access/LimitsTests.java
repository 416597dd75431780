package io.rpaworker.ops.access;

import static io.rpaworker.ops.access.FailedLogins.MOST_OF_AN_ADDRESS;
import static io.rpaworker.ops.access.FailedLogins.MOST_OF_A_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is remembered of right and of wrong logins, and for how long. */
class LimitsTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final String HERE = "10.0.0.1";
    private static final String THERE = "10.0.0.2";

    private final FailedLogins failed = new FailedLogins();
    private final VerifiedLogins verified = new VerifiedLogins();
    private final User alice = User.of(Passwords.line("alice", "viewer"));

    @Test
    void aNameWaitsOnceItHasFailedTooOftenFromAnAddressAndNowhereElse() {
        IntStream.range(0, MOST_OF_A_NAME - 1).forEach(i -> failed.failed("alice", HERE, i * SECOND));
        assertThat(failed.pause("alice", HERE, 9 * SECOND)).isZero();

        failed.failed("alice", HERE, 9 * SECOND);

        assertThat(failed.pause("alice", HERE, 9 * SECOND)).isEqualTo(Duration.ofSeconds(51));
        assertThat(failed.pause("alice", THERE, 9 * SECOND)).isZero();
        assertThat(failed.pause("bob", HERE, 9 * SECOND)).isZero();
        assertThat(failed.pause("alice", HERE, 60 * SECOND)).isZero();
    }

    /** A proxy of somebody's may put anything there. */
    @Test
    void whatIsNoAddressStandsForItself() {
        assertThat(Addresses.of("zz:zz")).isEqualTo("zz:zz");
        assertThat(Addresses.of(null)).isEmpty();
    }

    @Test
    void anAddressWaitsWhateverTheNames() {
        IntStream.range(0, MOST_OF_AN_ADDRESS).forEach(i -> failed.failed("guess" + i, HERE, SECOND));

        assertThat(failed.pause("alice", HERE, 2 * SECOND)).isEqualTo(Duration.ofSeconds(59));
        assertThat(failed.pause("alice", THERE, 2 * SECOND)).isZero();
    }

    @Test
    void aRightLoginForgivesTheNameAndNotTheAddress() {
        IntStream.range(0, MOST_OF_A_NAME).forEach(i -> failed.failed("alice", HERE, 0));
        failed.succeeded("alice", HERE);
        assertThat(failed.pause("alice", HERE, 0)).isZero();

        IntStream.range(0, MOST_OF_AN_ADDRESS - MOST_OF_A_NAME).forEach(i -> failed.failed("guess" + i, HERE, 0));
        failed.succeeded("alice", HERE);
        assertThat(failed.pause("alice", HERE, 0)).isPositive();
    }

    @Test
    void namesThatNobodyHasShareOnePlace() {
        IntStream.range(0, MOST_OF_A_NAME).forEach(i -> failed.failed("x".repeat(1_000 + i), HERE, 0));

        assertThat(failed.pause("y".repeat(65), HERE, 0)).isPositive();
    }

    @Test
    void anAddressOfIpv6IsItsNetwork() {
        assertThat(Addresses.of("2001:db8:1:2::1")).isEqualTo(Addresses.of("2001:db8:1:2:ffff::9"));
        assertThat(Addresses.of("2001:db8:1:2::1")).isNotEqualTo(Addresses.of("2001:db8:1:3::1"));
        assertThat(Addresses.of("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(Addresses.of("0:0:0:0:0:0:0:1")).isEqualTo("0:0:0:0:0:0:0:1");
        assertThat(Addresses.of(null)).isEmpty();
    }

    @Test
    void aRightLoginIsRememberedForAMinute() {
        verified.remember(alice, "secret", 0);

        assertThat(verified.has(alice, "secret", 59 * SECOND)).isTrue();
        assertThat(verified.has(alice, "other", 1)).isFalse();
        assertThat(verified.has(alice, "secret", 60 * SECOND)).isFalse();
    }

    @Test
    void whoseLineHasChangedIsNotRemembered() {
        verified.remember(alice, "secret", 0);

        assertThat(verified.has(User.of(Passwords.line("alice", "admin")), "secret", 1))
                .isFalse();
    }

    @Test
    void noMoreThanAThousandAreRemembered() {
        IntStream.rangeClosed(0, 1_000).forEach(i -> verified.remember(alice, "secret" + i, 0));

        assertThat(verified.has(alice, "secret0", 1)).isFalse();
        assertThat(verified.has(alice, "secret1", 1)).isTrue();
        assertThat(verified.has(alice, "secret1000", 1)).isTrue();
    }
}
