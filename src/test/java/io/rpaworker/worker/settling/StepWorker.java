package io.rpaworker.worker.settling;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.Partition;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.payload.PayloadDecoder;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.worker.inflight.ClaimCleanup;
import io.rpaworker.worker.inflight.FlowMeters;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightClaims;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * One flow of one process, taken by hand step by step: the real claims, completion, settlements and leftovers, without
 * the threads, the pauses and the clock that drive them in a worker. Its result of a record is the id of the claim
 * under which it was handled.
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

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    // What is tried here is the fence in the database: the process never loses its trust by its own clock.
    private static final Duration TRUST = Duration.ofDays(1);

    private final QueueParts queue;
    private final RecordHandler<P, String> handler;
    private final PayloadDecoder<P> decoder;
    private final FlowMeters meters;
    private final ChunkCompletion<P, String> completion;
    private final ClaimCleanup cleanup;
    private final InFlightClaims active;
    private final Supplier<WorkerInstance> identities;
    private final Deque<InFlightRecord> waiting = new ArrayDeque<>();
    private final Deque<Settlement<P, String>> decided = new ArrayDeque<>();
    private @Nullable Lease lease;
    private int handling;
    private boolean alone;

    /**
     * A process that has not registered yet.
     *
     * @param identities gives a new one each time that a lease begins
     */
    public StepWorker(
            QueueParts queue,
            RecordHandler<P, String> handler,
            Class<P> payload,
            MeterRegistry registry,
            Supplier<WorkerInstance> identities) {
        this.queue = queue;
        this.handler = handler;
        this.identities = identities;
        Flow<P, String> flow = TestFlows.of(handler, payload);
        this.decoder = flow.decoder();
        InFlight held = TestInFlight.of(queue, flow, registry);
        this.meters = held.meters();
        this.cleanup = held.cleanup();
        this.active = held.claims();
        this.completion = new ChunkCompletion<>(
                flow,
                new ChunkTransaction.Parts(queue.completions(), queue.transaction(), queue.dataSource()),
                FAILURES,
                meters,
                new WriteViolations(flow),
                Duration.ZERO);
    }

    /** The identity under which it works; empty while it has no lease. */
    public Optional<WorkerInstance> instance() {
        return Optional.ofNullable(lease).filter(Lease::isTrusted).map(Lease::instance);
    }

    /** Whether an error is one that says nothing about the statement: the database, the network. */
    public static boolean isOutage(Throwable failure) {
        return FAILURES.judge(failure) == Judgement.SOURCE_UNAVAILABLE;
    }

    /** Sends one heartbeat; as {@link io.rpaworker.lease.Heartbeat}. */
    public void beat() {
        Lease current = lease;
        long askedAt = System.nanoTime();
        if (current != null) {
            if (queue.leases().renew(current.instance(), LEASE) > 0 && current.renewed(askedAt)) {
                return;
            }
            current.end();
            lease = null;
            queue.leases().end(current.instance());
        }
        WorkerInstance replica = identities.get();
        queue.leases().register(replica, LEASE, Map.of());
        lease = new Lease(replica, TRUST, askedAt);
    }

    /** The process is gone: whatever still runs in it finds its lease over. */
    public void die() {
        if (lease != null) {
            lease.end();
        }
    }

    /** Claims up to {@code limit} records; as {@link io.rpaworker.worker.claiming.Poller}. */
    public void claim(UUID claimId, int limit) {
        Lease current = lease;
        if (current == null || !current.isTrusted() || waiting.size() > limit) {
            return;
        }
        cleanup.tellUrgent();
        String replica = current.instance().id();
        var request = new ClaimRequest(claimId, replica, handler.flow(), limit, Integer.MAX_VALUE, null, Partition.ALL);
        claimed(current, claimId, () -> queue.claim(request)).ifPresent(it -> waiting.addAll(it.works()));
    }

    /**
     * Claims one suspect, and handles and settles it while nothing else is handled; as
     * {@link io.rpaworker.worker.FlowRunner}.
     */
    public void claimSuspect(UUID claimId) throws InterruptedException {
        Lease current = lease;
        if (current == null || !current.isTrusted() || alone) {
            return;
        }
        cleanup.tellUrgent();
        String replica = current.instance().id();
        InFlightClaim suspect = claimed(current, claimId, () -> queue.claimSuspect(claimId, replica, handler.flow()))
                .orElse(null);
        if (suspect == null) {
            return;
        }
        InFlightRecord work = suspect.works().getFirst();
        if (handling > 0 || alone) {
            settle(suspect, List.of(new Release<>(work, 0, null)));
            return;
        }
        alone = true;
        try {
            settle(suspect, List.of(isNoted(suspect) ? decisionOn(work) : new Release<>(work, 0, null)));
            cleanup.tell();
        } finally {
            alone = false;
        }
    }

    // As Suspects does it.
    private boolean isNoted(InFlightClaim suspect) {
        try {
            if (!queue.bookedClaims().runsAlone(suspect.id())) {
                return false;
            }
            InFlightRecord work = suspect.works().getFirst();
            var unread = new Claim(suspect.id(), handler.flow(), List.of(work.record()));
            Claim read = queue.limitedClaims().readSuspect(unread);
            read.records().forEach(work::read);
            return !read.isEmpty();
        } catch (RuntimeException e) {
            if (!isOutage(e)) {
                throw e;
            }
            return false;
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
            decided.add(work.claim().isTrusted() ? decisionOn(work) : new Release<>(work, 0, null));
        } finally {
            handling--;
        }
    }

    /** Gives back what has not started; as a drain does. */
    public void releaseWaiting() {
        waiting.forEach(work -> decided.add(new Release<>(work, 0, null)));
        waiting.clear();
    }

    /** Whether every record that was claimed is settled. */
    public boolean isDrained() {
        return active.isEmpty();
    }

    /** Settles up to {@code most} of the decided records of one claim. */
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
        settle(claim, chunk);
    }

    /** Tells the database what it was not told; as {@link io.rpaworker.worker.FlowRunner}. */
    public void tell() {
        cleanup.tell();
        instance().ifPresent(it -> cleanup.reconcile(it.id(), handler.flow(), active::holds));
    }

    /** Ends the lease in good order. */
    public void end() {
        Lease current = lease;
        if (current != null) {
            current.end();
            queue.leases().end(current.instance());
        }
    }

    private Optional<InFlightClaim> claimed(Lease current, UUID claimId, Supplier<Claim> asking) {
        Claim claim;
        try {
            claim = asking.get();
        } catch (RuntimeException e) {
            cleanup.unanswered(claimId, current.instance().id(), handler.flow());
            throw e;
        }
        if (claim.isEmpty()) {
            return Optional.empty();
        }
        var begun = new InFlightClaim(claim, current, ClaimPermit.BATCHES);
        active.begin(begun);
        return Optional.of(begun);
    }

    private Settlement<P, String> decisionOn(InFlightRecord work) {
        try {
            var record = new WorkRecord<>(
                    work.record().id(),
                    handler.flow(),
                    work.record().key(),
                    decoder.decode(work.record().payload()),
                    work.attempt(),
                    work.record().createdAt());
            String claimId = work.claim().id().toString();
            return switch (handler.handle(record)) {
                case Outcome.Completed<String> it ->
                    new Complete<>(work, 0, new Handled<>(record, claimId), JSON.writeValueAsString(it.result()));
                case Outcome.RetryLater<String> it -> failed(work, it.reason(), it.delay());
                case Outcome.Rejected<String> it -> buried(work, FailureKind.REJECTED, it.reason());
                case Outcome.SourceUnavailable<String> it -> new Release<>(work, 0, PATIENCE);
            };
        } catch (Exception e) {
            return buried(work, FailureKind.PAYLOAD, e.toString());
        }
    }

    // As Settler does it.
    private void settle(InFlightClaim claim, List<Settlement<P, String>> chunk) throws InterruptedException {
        try {
            settleDecided(claim, chunk);
        } catch (RuntimeException e) {
            active.abandoned(
                    claim, chunk.stream().map(it -> it.work().record().id()).toList());
            throw e;
        } finally {
            active.settled(claim, chunk.size());
        }
    }

    private void settleDecided(InFlightClaim claim, List<Settlement<P, String>> chunk) throws InterruptedException {
        var completes = new ArrayList<Complete<P, String>>();
        var others = new ArrayList<Settlement<P, String>>();
        chunk.forEach(it -> {
            if (it instanceof Complete<P, String> complete) {
                completes.add(complete);
            } else {
                others.add(it);
            }
        });
        for (var it : completion.complete(claim, completes).refused()) {
            InFlightRecord work = it.complete().work();
            others.add(
                    it.own()
                            ? failed(work, String.valueOf(it.failure().getMessage()), PATIENCE)
                            : new Release<>(work, 0, PATIENCE));
        }
        var fails = others.stream()
                .filter(Fail.class::isInstance)
                .collect(Collectors.toMap(it -> it.work().record().id(), it -> ((Fail<P, String>) it).failure()));
        untilAnswered(claim, fails.size(), () -> queue.failures().fail(claim.id(), "test.Handler", fails));
        for (boolean delayed : new boolean[] {false, true}) {
            List<Long> backs = others.stream()
                    .filter(it -> it instanceof Release<P, String> back && (back.delay() != null) == delayed)
                    .map(it -> it.work().record().id())
                    .toList();
            untilAnswered(
                    claim,
                    backs.size(),
                    () -> delayed
                            ? queue.releases().postpone(claim.id(), backs, PATIENCE)
                            : queue.releases().release(claim.id(), backs));
        }
    }

    private void untilAnswered(InFlightClaim claim, int records, Supplier<Set<Long>> statement) {
        while (records > 0 && claim.isTrusted()) {
            try {
                int lost = records - statement.get().size();
                if (lost > 0) {
                    meters.fenceRejected(lost);
                }
                return;
            } catch (RuntimeException e) {
                if (!isOutage(e)) {
                    throw e;
                }
            }
        }
    }

    private static <P> Settlement<P, String> failed(InFlightRecord work, String reason, Duration delay) {
        boolean last = work.attempt() >= MOST_ATTEMPTS;
        return new Fail<>(
                work, 0, new Failure(reason, FailureKind.ERROR, null, last ? null : delay, Duration.ZERO), null);
    }

    private static <P> Settlement<P, String> buried(InFlightRecord work, FailureKind kind, String reason) {
        return new Fail<>(work, 0, new Failure(reason, kind, null, null, Duration.ZERO), null);
    }
}
