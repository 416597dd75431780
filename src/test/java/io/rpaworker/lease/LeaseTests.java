package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTests {

    private static final Duration TRUST = Duration.ofMinutes(1);

    private final long now = System.nanoTime();

    @Test
    void isTrustedFromBeforeTheHeartbeatWasSentForItsTime() {
        assertThat(asked(now).isTrusted()).isTrue();
        assertThat(asked(now - TRUST.toNanos()).isTrusted()).isFalse();
    }

    @Test
    void aHeartbeatProlongsIt() {
        Lease tenure = asked(now - TRUST.toNanos() + Duration.ofSeconds(30).toNanos());

        assertThat(tenure.renewed(now)).isTrue();

        assertThat(tenure.isTrusted()).isTrue();
    }

    @Test
    void aLateAnswerDoesNotStretchIt() {
        Lease tenure = asked(now);

        assertThat(tenure.renewed(now - TRUST.toNanos())).isTrue();

        assertThat(tenure.isTrusted()).isFalse();
    }

    @Test
    void onceOverItIsNeverTrustedAgain() {
        Lease tenure = asked(now - TRUST.toNanos());
        assertThat(tenure.renewed(now)).isFalse();
        assertThat(tenure.isTrusted()).isFalse();

        Lease ended = asked(now);
        ended.end();
        assertThat(ended.renewed(now)).isFalse();
        assertThat(ended.isTrusted()).isFalse();
    }

    private static Lease asked(long askedAtNanos) {
        return new Lease(WorkerInstance.startedOn("host", "1"), TRUST, askedAtNanos);
    }
}
