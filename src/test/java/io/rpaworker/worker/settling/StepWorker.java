package io.rpaworker.worker.settling;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.StepHeartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.worker.claiming.StepPoller;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.inflight.TimeAndChance;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Release;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * One flow of one process, taken by hand step by step: the real heartbeat, poller, settler and what is left to be told,
 * without the threads and the pauses that drive them in a worker. Only the call of the handler is its own, since the
 * real one has threads. Its result of a record is the id of the claim under which it was handled.
 *
 * @param <P> the handler's payload
 */
public final class StepWorker<P> {

    /** As many attempts as a record has. */
    public static final int MOST_ATTEMPTS = 3;

    private static final JsonMapper JSON = JsonMapper.shared();

    @SuppressWarnings("resource") // lives as long as the tests
    private static final FailureClassifier FAILURES =
            new FailureClassifier(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(1);

    private final RecordHandler<P, String> handler;
    private final Flow<P, String> flow;
    private final Heartbeat heartbeat;
    private final InFlight inFlight;
    private final StepPoller poller;
    private final FailedAttempts<P, String> attempts;
    private final Settler<P, String> settler;
    private final AtomicLong clock = new AtomicLong();
    private final int batch;
    private final Deque<InFlightRecord> waiting = new ArrayDeque<>();
    private final Deque<Settlement<P, String>> decided = new ArrayDeque<>();
    private int handling;
    private boolean alone;

    /**
     * A process that has not registered yet.
     *
     * @param batch most records in a claim
     * @param random what its claims' names and its back-offs are drawn from
     * @param identities gives a new one each time that a lease begins
     */
    public StepWorker(
            QueueParts queue,
            RecordHandler<P, String> handler,
            Class<P> payload,
            int batch,
            MeterRegistry registry,
            RandomGenerator random,
            Supplier<WorkerInstance> identities) {
        this.handler = handler;
        this.batch = batch;
        String most = String.valueOf(batch);
        this.flow = TestFlows.of(
                handler,
                payload,
                Map.of("batch-size", most, "concurrency", most, "max-retries", String.valueOf(MOST_ATTEMPTS)));
        var time = new TimeAndChance(clock::get, () -> new UUID(random.nextLong(), random.nextLong()), () -> random);
        FlowBreakers breakers = new CircuitBreakers(clock::get).of(flow.name(), List.of());
        this.heartbeat = StepHeartbeat.of(queue.leases(), "sim", identities);
        this.inFlight = TestInFlight.of(queue, flow, registry, time);
        this.poller = new StepPoller(queue, flow, heartbeat, breakers, inFlight, () -> !alone);
        this.attempts = ClaimedRecords.fails(flow, time);
        var transactions = new ChunkTransaction.Parts(queue.completions(), queue.transaction(), queue.dataSource());
        this.settler = new Settler<>(
                inFlight,
                new SettlementBuffer<>(batch, clock::get),
                new ChunkCompletion<>(
                        flow, transactions, FAILURES, inFlight.meters(), new WriteViolations(flow), Duration.ZERO),
                new WriteFailures<>(FAILURES, breakers, attempts),
                new FailuresAndReleases<>(flow, queue.failures(), queue.releases(), FAILURES, inFlight, Duration.ZERO),
                attempts);
    }

    /** The identity under which it works; empty while it has no lease. */
    public Optional<WorkerInstance> instance() {
        return heartbeat.instance();
    }

    /** Whether an error is one that says nothing about the statement: the database, the network. */
    public static boolean isOutage(Throwable failure) {
        return FAILURES.judge(failure) == Judgement.SOURCE_UNAVAILABLE;
    }

    /** Sends one heartbeat. */
    public void beat() {
        heartbeat.beatOnce();
    }

    /** The process is gone: whatever still runs in it finds its lease over. */
    public void die() {
        heartbeat.abandon();
    }

    /** Polls, unless records of two claims wait; a suspect that it finds is handled and settled at once. */
    public void claim() throws InterruptedException {
        if (alone || waiting.size() > batch) {
            return;
        }
        clock.addAndGet(BETWEEN_POLLS.toNanos());
        var suspects = new ArrayList<InFlightClaim>();
        poller.pollOnce(batch, it -> waiting.addAll(it.works()), suspects::add);
        for (InFlightClaim suspect : suspects) {
            runIsolated(suspect);
        }
    }

    // As SuspectRunner does it, without its threads.
    private void runIsolated(InFlightClaim suspect) throws InterruptedException {
        InFlightRecord work = suspect.works().getFirst();
        if (handling > 0 || alone) {
            settler.settle(suspect, List.of(new Release<>(work, 0, null)));
            return;
        }
        alone = true;
        try {
            settler.settle(suspect, List.of(poller.read(suspect) ? settlementOf(work) : new Release<>(work, 0, null)));
            inFlight.cleanup().tell();
        } finally {
            alone = false;
        }
    }

    /** Handles one record that was claimed, if there is one and no suspect runs. */
    public void handleOne() {
        InFlightRecord work = alone ? null : waiting.poll();
        if (work == null) {
            return;
        }
        handling++;
        try {
            decided.add(work.claim().isTrusted() ? settlementOf(work) : new Release<>(work, 0, null));
        } finally {
            handling--;
        }
    }

    /** Releases what has not started; as a drain does. */
    public void releaseWaiting() {
        waiting.forEach(work -> decided.add(new Release<>(work, 0, null)));
        waiting.clear();
    }

    /** Whether every record that was claimed is settled. */
    public boolean isDrained() {
        return inFlight.claims().isEmpty();
    }

    /** Settles up to {@code most} of the handled records of one claim. */
    public void settle(int most) throws InterruptedException {
        if (decided.isEmpty()) {
            return;
        }
        InFlightClaim claim = decided.getFirst().work().claim();
        List<Settlement<P, String>> chunk = decided.stream()
                .filter(it -> it.work().claim() == claim)
                .limit(most)
                .toList();
        decided.removeAll(chunk);
        settler.settle(claim, chunk);
    }

    /** Tells the database what it was not told; as the poll loop does between two polls. */
    public void tell() {
        inFlight.cleanup().tell();
        instance().ifPresent(it -> inFlight.cleanup().reconcile(it.id(), flow.name(), inFlight.claims()::holds));
    }

    /** Ends the lease in good order. */
    public void end() {
        heartbeat.stop();
    }

    private Settlement<P, String> settlementOf(InFlightRecord work) {
        try {
            var record = new WorkRecord<>(
                    work.record().id(),
                    flow.name(),
                    work.record().key(),
                    flow.decoder().decode(work.record().payload()),
                    work.attempt(),
                    work.record().createdAt());
            String claimId = work.claim().id().toString();
            return switch (handler.handle(record)) {
                case Outcome.Completed<String> it ->
                    new Complete<>(work, 0, new Handled<>(record, claimId), JSON.writeValueAsString(it.result()));
                case Outcome.RetryLater<String> it ->
                    attempts.retry(attempt(work, FailureKind.ERROR, it.reason()), it.delay());
                case Outcome.Rejected<String> it -> attempts.reject(attempt(work, FailureKind.REJECTED, it.reason()));
                case Outcome.SourceUnavailable<String> it -> new Release<>(work, 0, PATIENCE);
            };
        } catch (Exception e) {
            return attempts.reject(attempt(work, FailureKind.PAYLOAD, e.toString()));
        }
    }

    private static FailedAttempts.Attempt attempt(InFlightRecord work, FailureKind kind, @Nullable String reason) {
        return new FailedAttempts.Attempt(work, 0, kind, String.valueOf(reason), null);
    }
}
