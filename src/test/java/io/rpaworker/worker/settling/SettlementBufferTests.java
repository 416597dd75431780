package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SettlementBufferTests {

    private static final int CHUNK = 3;
    private static final String MEGABYTE = "\"" + "x".repeat(1024 * 1024) + "\"";

    private final SettlementBuffer<String, String> buffer = new SettlementBuffer<>(CHUNK, System::nanoTime);

    @Test
    void aChunkHasNoMoreDecisionsThanItsSize() throws InterruptedException {
        InFlightClaim claim = claimOf(10);
        claim.works().subList(0, CHUNK + 1).forEach(work -> buffer.add(completed(work, "1")));

        assertThat(buffer.take().decisions()).hasSize(CHUNK);
        assertThat(buffer.take().decisions()).hasSize(1);
    }

    @Test
    void aChunkEndsWhereItsResultsHaveBecomeLarge() throws InterruptedException {
        var large = new SettlementBuffer<String, String>(100, System::nanoTime);
        InFlightClaim claim = claimOf(10);
        claim.works().subList(0, 6).forEach(work -> large.add(completed(work, MEGABYTE)));

        assertThat(large.take().decisions()).hasSize(4);
        assertThat(large.take().decisions()).hasSize(2);
    }

    @Test
    void theLastDecisionOfAClaimIsNotKeptWaiting() throws InterruptedException {
        InFlightClaim claim = claimOf(1);
        claim.works().forEach(work -> {
            assertThat(work.decide()).isTrue();
            buffer.add(completed(work, "1"));
        });

        assertThat(buffer.isFull()).isFalse();
        assertThat(buffer.take().claim()).isSameAs(claim);
    }

    private static InFlightClaim claimOf(int records) {
        var claimed = LongStream.range(0, records)
                .mapToObj(id -> new ClaimedRecord(id, null, "{}", 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO))
                .toList();
        var lease = new Lease(
                new WorkerInstance("r", "r", "1"), Duration.ofMinutes(1), System::nanoTime, System.nanoTime());
        return new InFlightClaim(new Claim(UUID.randomUUID(), "f", claimed), lease, ClaimPermit.BATCHES);
    }

    private static Settlement<String, String> completed(InFlightRecord work, String result) {
        var record = new WorkRecord<>(work.record().id(), "f", null, "payload", 1, Instant.EPOCH);
        return new Complete<>(work, 0, new Handled<>(record, result), result);
    }
}
