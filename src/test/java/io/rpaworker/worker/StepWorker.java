package io.rpaworker.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.FailureKind;
import io.rpaworker.queue.Partition;
import io.rpaworker.queue.QueueParts;
import io.rpaworker.queue.Replica;
import io.rpaworker.queue.Settlements.Failure;
import io.rpaworker.worker.Decision.Complete;
import io.rpaworker.worker.Decision.Fail;
import io.rpaworker.worker.Decision.GiveBack;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
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
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    private static final FailureTable FAILURES =
            new FailureTable(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    // What is tried here is the fence in the database: the process never loses its trust by its own clock.
    private static final Duration TRUST = Duration.ofDays(1);

    private final QueueParts queue;
    private final RecordHandler<P, String> handler;
    private final PayloadDecoder<P> decoder;
    private final FlowMeters meters;
    private final Completion<P, String> completion;
    private final Leftovers leftovers;
    private final ActiveClaims active;
    private final Supplier<Replica> identities;
    private final Deque<Work> waiting = new ArrayDeque<>();
    private final Deque<Decision<P, String>> decided = new ArrayDeque<>();
    private @Nullable Tenure tenure;
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
            Supplier<Replica> identities) {
        this.queue = queue;
        this.handler = handler;
        this.identities = identities;
        this.decoder = new PayloadDecoder<>(JSON, VALIDATOR, JSON.constructType(payload));
        this.meters = new FlowMeters(registry, handler.flow());
        this.leftovers = new Leftovers(queue.bookedClaims(), queue.settlements());
        this.active = new ActiveClaims(leftovers, () -> {});
        var settings = FlowSettings.of(handler.flow(), null, FlowProperties.NONE);
        var flow = new Flow<>(handler.flow(), handler, decoder, settings, List.of());
        this.completion = new Completion<>(
                flow,
                new ChunkTransaction.Parts(queue.settlements(), queue.transaction(), queue.dataSource()),
                FAILURES,
                meters,
                new WriteViolations(flow),
                Duration.ZERO);
    }

    /** The identity under which it works; empty while it has no lease. */
    public Optional<Replica> replica() {
        return Optional.ofNullable(tenure).filter(Tenure::isTrusted).map(Tenure::replica);
    }

    /** Whether an error is one that says nothing about the statement: the database, the network. */
    public static boolean isOutage(Throwable failure) {
        return FAILURES.judge(failure) == Judgement.INFRASTRUCTURE;
    }

    /** Sends one heartbeat; as {@link Lease}. */
    public void beat() {
        Tenure current = tenure;
        long askedAt = System.nanoTime();
        if (current != null) {
            if (queue.leases().renew(current.replica(), LEASE) > 0 && current.renewed(askedAt)) {
                return;
            }
            current.end();
            tenure = null;
            queue.leases().end(current.replica());
        }
        Replica replica = identities.get();
        queue.leases().register(replica, LEASE, Map.of());
        tenure = new Tenure(replica, TRUST, askedAt);
    }

    /** The process is gone: whatever still runs in it finds its tenure over. */
    public void die() {
        if (tenure != null) {
            tenure.end();
        }
    }

    /** Claims up to {@code limit} records; as {@link Poller}. */
    public void claim(UUID claimId, int limit) {
        Tenure current = tenure;
        if (current == null || !current.isTrusted() || waiting.size() > limit) {
            return;
        }
        leftovers.tellUrgent();
        String replica = current.replica().id();
        var request = new ClaimRequest(claimId, replica, handler.flow(), limit, Integer.MAX_VALUE, null, Partition.ALL);
        claimed(current, claimId, () -> queue.claims().claim(request)).ifPresent(it -> waiting.addAll(it.works()));
    }

    /** Claims one suspect, and handles and settles it while nothing else is handled; as {@link FlowRunner}. */
    public void claimSuspect(UUID claimId) throws InterruptedException {
        Tenure current = tenure;
        if (current == null || !current.isTrusted() || alone) {
            return;
        }
        leftovers.tellUrgent();
        String replica = current.replica().id();
        ActiveClaim suspect = claimed(
                        current, claimId, () -> queue.claims().claimSuspect(claimId, replica, handler.flow()))
                .orElse(null);
        if (suspect == null) {
            return;
        }
        Work work = suspect.works().getFirst();
        if (handling > 0 || alone) {
            settle(suspect, List.of(new GiveBack<>(work, 0, null)));
            return;
        }
        alone = true;
        try {
            settle(suspect, List.of(isNoted(suspect) ? decisionOn(work) : new GiveBack<>(work, 0, null)));
            leftovers.tell();
        } finally {
            alone = false;
        }
    }

    // As Suspects does it.
    private boolean isNoted(ActiveClaim suspect) {
        try {
            if (!queue.bookedClaims().runsAlone(suspect.id())) {
                return false;
            }
            Work work = suspect.works().getFirst();
            var unread = new Claim(suspect.id(), handler.flow(), List.of(work.record()));
            Claim read = queue.claims().readSuspect(unread);
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
        Work work = alone ? null : waiting.poll();
        if (work == null) {
            return;
        }
        handling++;
        try {
            decided.add(work.claim().isTrusted() ? decisionOn(work) : new GiveBack<>(work, 0, null));
        } finally {
            handling--;
        }
    }

    /** Gives back what has not started; as a drain does. */
    public void giveBackWaiting() {
        waiting.forEach(work -> decided.add(new GiveBack<>(work, 0, null)));
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
        ActiveClaim claim = decided.getFirst().work().claim();
        List<Decision<P, String>> chunk = decided.stream()
                .filter(it -> it.work().claim() == claim)
                .limit(most)
                .toList();
        decided.removeAll(chunk);
        settle(claim, chunk);
    }

    /** Tells the database what it was not told; as {@link FlowRunner}. */
    public void tell() {
        leftovers.tell();
        replica().ifPresent(it -> leftovers.reconcile(it.id(), handler.flow(), active::holds));
    }

    /** Ends the lease in good order. */
    public void end() {
        Tenure current = tenure;
        if (current != null) {
            current.end();
            queue.leases().end(current.replica());
        }
    }

    private Optional<ActiveClaim> claimed(Tenure current, UUID claimId, Supplier<Claim> asking) {
        Claim claim;
        try {
            claim = asking.get();
        } catch (RuntimeException e) {
            leftovers.unanswered(claimId, current.replica().id(), handler.flow());
            throw e;
        }
        if (claim.isEmpty()) {
            return Optional.empty();
        }
        var begun = new ActiveClaim(claim, current, Permit.BATCHES);
        active.begin(begun);
        return Optional.of(begun);
    }

    private Decision<P, String> decisionOn(Work work) {
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
                case Outcome.SourceUnavailable<String> it -> new GiveBack<>(work, 0, PATIENCE);
            };
        } catch (Exception e) {
            return buried(work, FailureKind.PAYLOAD, e.toString());
        }
    }

    // As Settler does it.
    private void settle(ActiveClaim claim, List<Decision<P, String>> chunk) throws InterruptedException {
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

    private void settleDecided(ActiveClaim claim, List<Decision<P, String>> chunk) throws InterruptedException {
        var completes = new ArrayList<Complete<P, String>>();
        var others = new ArrayList<Decision<P, String>>();
        chunk.forEach(it -> {
            if (it instanceof Complete<P, String> complete) {
                completes.add(complete);
            } else {
                others.add(it);
            }
        });
        for (var it : completion.complete(claim, completes).refused()) {
            Work work = it.decision().work();
            others.add(
                    it.own()
                            ? failed(work, String.valueOf(it.failure().getMessage()), PATIENCE)
                            : new GiveBack<>(work, 0, PATIENCE));
        }
        var fails = others.stream()
                .filter(Fail.class::isInstance)
                .collect(Collectors.toMap(it -> it.work().record().id(), it -> ((Fail<P, String>) it).failure()));
        untilAnswered(claim, fails.size(), () -> queue.settlements().fail(claim.id(), "test.Handler", fails));
        for (boolean delayed : new boolean[] {false, true}) {
            List<Long> backs = others.stream()
                    .filter(it -> it instanceof GiveBack<P, String> back && (back.delay() != null) == delayed)
                    .map(it -> it.work().record().id())
                    .toList();
            untilAnswered(
                    claim,
                    backs.size(),
                    () -> delayed
                            ? queue.settlements().postpone(claim.id(), backs, PATIENCE)
                            : queue.settlements().release(claim.id(), backs));
        }
    }

    private void untilAnswered(ActiveClaim claim, int records, Supplier<Set<Long>> statement) {
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

    private static <P> Decision<P, String> failed(Work work, String reason, Duration delay) {
        boolean last = work.attempt() >= MOST_ATTEMPTS;
        return new Fail<>(
                work, 0, new Failure(reason, FailureKind.ERROR, null, last ? null : delay, Duration.ZERO), null);
    }

    private static <P> Decision<P, String> buried(Work work, FailureKind kind, String reason) {
        return new Fail<>(work, 0, new Failure(reason, kind, null, null, Duration.ZERO), null);
    }
}
