package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTests {

    private static final Duration LEASE = Duration.ofSeconds(72);
    // Five sixths of it.
    private static final Duration TRUST = Duration.ofSeconds(60);

    private final long now = System.nanoTime();

    @Test
    void isTrustedFromBeforeTheHeartbeatWasSentForItsTime() {
        assertThat(asked(now).isTrusted()).isTrue();
        assertThat(asked(now - TRUST.toNanos()).isTrusted()).isFalse();
    }

    @Test
    void aHeartbeatProlongsIt() {
        Lease lease = asked(now - TRUST.toNanos() + Duration.ofSeconds(30).toNanos());

        assertThat(lease.renewed(now)).isTrue();

        assertThat(lease.isTrusted()).isTrue();
    }

    @Test
    void aLateAnswerDoesNotStretchIt() {
        Lease lease = asked(now);

        assertThat(lease.renewed(now - TRUST.toNanos())).isTrue();

        assertThat(lease.isTrusted()).isFalse();
    }

    @Test
    void onceOverItIsNeverTrustedAgain() {
        Lease lease = asked(now - TRUST.toNanos());
        assertThat(lease.renewed(now)).isFalse();
        assertThat(lease.isTrusted()).isFalse();

        Lease ended = asked(now);
        ended.end();
        assertThat(ended.renewed(now)).isFalse();
        assertThat(ended.isTrusted()).isFalse();
    }

    private static Lease asked(long askedAtNanos) {
        return new Lease(WorkerInstance.startedOn("host", "1"), LEASE, System::nanoTime, askedAtNanos);
    }
}
