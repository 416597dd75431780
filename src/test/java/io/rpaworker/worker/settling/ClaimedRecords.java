package io.rpaworker.worker.settling;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.Redactions;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.Partition;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.worker.inflight.FlowMeters;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.inflight.TimeAndChance;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/** Records that a process has claimed, and what it settles them with; the test takes each step itself. */
public final class ClaimedRecords {

    static final String FLOW = "claimed";
    public static final FailureClassifier FAILURES =
            new FailureClassifier(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));

    final QueueParts queue;
    final MeterRegistry meters = new SimpleMeterRegistry();
    final InFlight inFlight;
    final Lease lease =
            new Lease(new WorkerInstance("a", "a", "1"), Duration.ofDays(1), System::nanoTime, System.nanoTime());
    final FlowBreakers breakers = new CircuitBreakers().of(FLOW, List.of());
    final Flow<Numbered, Integer> flow;
    final InFlightClaim claim;

    /**
     * Claims records with the payloads 1 and so on.
     *
     * @param writing told which payloads are to be written
     */
    ClaimedRecords(RpaDb db, int records, Consumer<List<Integer>> writing) {
        this.queue = QueueParts.over(db.dataSource());
        this.flow = TestFlows.of(
                Numbers.of(FLOW)
                        .writing(chunk -> writing.accept(
                                chunk.stream().map(Handled::result).toList())),
                Numbered.class);
        this.inFlight = TestInFlight.of(queue, flow, meters);
        db.insertReplica("a");
        db.insertPending(FLOW, records);
        breakers.ask();
        var request = new ClaimRequest(UUID.randomUUID(), "a", FLOW, records, Integer.MAX_VALUE, null, Partition.ALL);
        Claim claimed = queue.claim(request);
        this.claim = new InFlightClaim(claimed, lease, ClaimPermit.BATCHES);
    }

    ChunkCompletion<Numbered, Integer> completion() {
        var transactions = new ChunkTransaction.Parts(queue.completions(), queue.transaction(), queue.dataSource());
        return new ChunkCompletion<>(
                flow, transactions, FAILURES, inFlight.meters(), new WriteViolations(flow), Duration.ZERO);
    }

    /** What tells of failures of a flow, without rules that mask them. */
    public static <P, R extends @Nullable Object> FailedAttempts<P, R> fails(Flow<P, R> flow) {
        return fails(flow, TimeAndChance.REAL);
    }

    static <P, R extends @Nullable Object> FailedAttempts<P, R> fails(Flow<P, R> flow, TimeAndChance time) {
        var none = new StaticListableBeanFactory().getBeanProvider(Redaction.class);
        return new FailedAttempts<>(flow, new Redactions(none), time);
    }

    /** All records, handled. */
    List<Complete<Numbered, Integer>> handled() {
        return claim.works().stream()
                .map(work -> {
                    var claimed = work.record();
                    Numbered payload = flow.decoder().decode(claimed.payload());
                    var record = new WorkRecord<>(claimed.id(), FLOW, null, payload, 1, claimed.createdAt());
                    return new Complete<Numbered, Integer>(work, 0, new Handled<>(record, payload.n()), null);
                })
                .toList();
    }

    /** How many records the meters say had this outcome. */
    double counted(FlowMeters.Outcome outcome) {
        return meters.get("rpa.record.process")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .timer()
                .count();
    }

    /** How many records the meters say the fence refused. */
    double fenceRejected() {
        return meters.get("rpa.fence.rejected").counter().count();
    }
}
