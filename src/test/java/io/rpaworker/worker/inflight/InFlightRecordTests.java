package io.rpaworker.worker.inflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InFlightRecordTests {

    @Test
    void theFirstAttemptIsNumberOne() {
        assertThat(work(0).attempt()).isEqualTo(1);
    }

    @Test
    void eachFailureCountsAsAnAttempt() {
        assertThat(work(2).attempt()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"2147483647, 2147483647", "2147483646, 2147483647", "-1, 1", "-2147483648, 1"})
    void anyCountOfFailuresMakesAnAttempt(int failures, int attempt) {
        assertThat(work(failures).attempt()).isEqualTo(attempt);
    }

    @Test
    void onlyTheFirstDecisionCounts() {
        InFlightRecord work = work(0);
        assertThat(work.isDecided()).isFalse();

        assertThat(work.decide()).isTrue();
        assertThat(work.decide()).isFalse();

        assertThat(work.isDecided()).isTrue();
        assertThat(work.claim().isDecided()).isTrue();
    }

    private static InFlightRecord work(int failures) {
        var record = new ClaimedRecord(1, null, "{}", failures, Instant.EPOCH, Instant.EPOCH, Duration.ZERO);
        var lease = new Lease(
                new WorkerInstance("a", "host", "1"), Duration.ofHours(1), System::nanoTime, System.nanoTime());
        return new InFlightClaim(new Claim(UUID.randomUUID(), "f", List.of(record)), lease, ClaimPermit.BATCHES)
                .works()
                .getFirst();
    }
}
