package io.rpaworker.worker.handling;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Calls for the records of one claim: record 1 with the payload {@code {"n": 1}}, and so on. */
final class TestCalls {

    private TestCalls() {}

    static HandlerCall of(int records) {
        return of(records, System::nanoTime);
    }

    static HandlerCall of(int records, LongSupplier nanoTime) {
        var lease =
                new Lease(new WorkerInstance("a", "a", "1"), Duration.ofDays(1), System::nanoTime, System.nanoTime());
        List<ClaimedRecord> claimed = IntStream.rangeClosed(1, records)
                .mapToObj(n -> new ClaimedRecord(
                        n, null, "{\"n\": " + n + "}", 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO))
                .toList();
        var claim = new InFlightClaim(new Claim(UUID.randomUUID(), "f", claimed), lease, ClaimPermit.BATCHES);
        return new HandlerCall(claim.works(), () -> {}, nanoTime);
    }
}
