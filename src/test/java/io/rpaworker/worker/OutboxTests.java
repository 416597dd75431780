package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.Replica;
import io.rpaworker.worker.Decision.Complete;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OutboxTests {

    private static final int CHUNK = 3;
    private static final String MEGABYTE = "\"" + "x".repeat(1024 * 1024) + "\"";

    private final Outbox<String, String> outbox = new Outbox<>(CHUNK);

    @Test
    void aChunkHasNoMoreDecisionsThanItsSize() throws InterruptedException {
        ActiveClaim claim = claimOf(10);
        claim.works().subList(0, CHUNK + 1).forEach(work -> outbox.add(completed(work, "1")));

        assertThat(outbox.take().decisions()).hasSize(CHUNK);
        assertThat(outbox.take().decisions()).hasSize(1);
    }

    @Test
    void aChunkEndsWhereItsResultsHaveBecomeLarge() throws InterruptedException {
        var large = new Outbox<String, String>(100);
        ActiveClaim claim = claimOf(10);
        claim.works().subList(0, 6).forEach(work -> large.add(completed(work, MEGABYTE)));

        assertThat(large.take().decisions()).hasSize(4);
        assertThat(large.take().decisions()).hasSize(2);
    }

    @Test
    void theLastDecisionOfAClaimIsNotKeptWaiting() throws InterruptedException {
        ActiveClaim claim = claimOf(1);
        claim.works().forEach(work -> {
            assertThat(work.decide()).isTrue();
            outbox.add(completed(work, "1"));
        });

        assertThat(outbox.isFull()).isFalse();
        assertThat(outbox.take().claim()).isSameAs(claim);
    }

    private static ActiveClaim claimOf(int records) {
        var claimed = LongStream.range(0, records)
                .mapToObj(id -> new ClaimedRecord(id, null, "{}", 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO))
                .toList();
        var tenure = new Tenure(new Replica("r", "r", "1"), Duration.ofMinutes(1), System.nanoTime());
        return new ActiveClaim(new Claim(UUID.randomUUID(), "f", claimed), tenure, Permit.BATCHES);
    }

    private static Decision<String, String> completed(Work work, String result) {
        var record = new WorkRecord<>(work.record().id(), "f", null, "payload", 1, Instant.EPOCH);
        return new Complete<>(work, 0, new Handled<>(record, result), result);
    }
}
