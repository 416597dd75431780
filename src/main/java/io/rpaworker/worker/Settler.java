package io.rpaworker.worker;

import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.queue.FailureKind;
import io.rpaworker.queue.Settlements;
import io.rpaworker.queue.Settlements.Failure;
import io.rpaworker.worker.Decision.Complete;
import io.rpaworker.worker.Decision.Fail;
import io.rpaworker.worker.Decision.GiveBack;
import io.rpaworker.worker.Decision.Suspect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells PostgreSQL what became of records, chunk by chunk. */
final class Settler<P, R extends @Nullable Object> implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Settler.class);

    private final Flow<P, R> flow;
    private final Outbox<P, R> outbox;
    private final Completion<P, R> completion;
    private final Decisions<P, R> judge;
    private final Settlements settlements;
    private final FailureTable failures;
    private final FlowMeters meters;
    private final ActiveClaims active;

    Settler(
            Flow<P, R> flow,
            Outbox<P, R> outbox,
            Completion<P, R> completion,
            Decisions<P, R> judge,
            Settlements settlements,
            FailureTable failures,
            FlowMeters meters,
            ActiveClaims active) {
        this.flow = flow;
        this.outbox = outbox;
        this.completion = completion;
        this.judge = judge;
        this.settlements = settlements;
        this.failures = failures;
        this.meters = meters;
        this.active = active;
    }

    @Override
    public void run() {
        try {
            while (true) {
                settle(outbox.take());
            }
        } catch (InterruptedException e) {
            // Stopped: what is still undecided or unsettled belongs to the sweep.
            Thread.currentThread().interrupt();
        }
    }

    private void settle(Outbox.Chunk<P, R> chunk) throws InterruptedException {
        ActiveClaim claim = chunk.claim();
        List<Decision<P, R>> decided = chunk.decisions();
        try {
            settle(claim, decided);
        } catch (InterruptedException e) {
            claim.doubt();
            throw e;
        } catch (Throwable e) {
            log.error("Could not settle {} records of {}; giving them back", decided.size(), flow.name(), e);
            active.abandoned(claim, ids(decided));
        } finally {
            active.settled(claim, decided.size());
        }
    }

    private void settle(ActiveClaim claim, List<Decision<P, R>> decided) throws InterruptedException {
        var completes = new ArrayList<Complete<P, R>>();
        var fails = new ArrayList<Fail<P, R>>();
        var backs = new ArrayList<GiveBack<P, R>>();
        var suspects = new ArrayList<Suspect<P, R>>();
        for (Decision<P, R> decision : decided) {
            switch (decision) {
                case Complete<P, R> it -> completes.add(it);
                case Fail<P, R> it -> fails.add(it);
                case GiveBack<P, R> it -> backs.add(it);
                case Suspect<P, R> it -> suspects.add(it);
            }
        }
        Completion.Rest<P, R> rest = completion.complete(claim, completes);
        for (Completion.Refused<P, R> it : rest.refused()) {
            Complete<P, R> decision = it.decision();
            if (it.own()) {
                fails.add(judge.onWriteFailure(decision.work(), it.failure(), decision.nanos()));
            } else {
                backs.add(judge.onWriteUnavailable(decision.work(), decision.nanos()));
            }
        }
        judge.onWritten(rest);
        fail(claim, fails);
        giveBack(claim, backs);
        if (!suspects.isEmpty()) {
            giveBack(claim, suspects, ids -> settlements.suspect(claim.id(), ids));
        }
    }

    private void fail(ActiveClaim claim, List<Fail<P, R>> fails) throws InterruptedException {
        if (fails.isEmpty()) {
            return;
        }
        Map<Long, Failure> rows =
                fails.stream().collect(Collectors.toMap(it -> it.work().record().id(), Fail::failure));
        Set<Long> ours = untilAnswered(claim, () -> recordFailures(claim.id(), rows));
        for (Fail<P, R> fail : fails) {
            if (ours.contains(fail.work().record().id())) {
                boolean dead = fail.failure().retryAfter() == null;
                meters.settled(dead ? FlowMeters.Outcome.DEAD_LETTER : FlowMeters.Outcome.RETRIED, fail.nanos());
                if (dead) {
                    meters.buried(fail.failure().kind());
                }
            }
        }
        reportLost(fails.size() - ours.size());
    }

    // Recording a failure cannot itself fail for what the failure says.
    private Set<Long> recordFailures(UUID claimId, Map<Long, Failure> rows) {
        try {
            return settlements.fail(claimId, rows);
        } catch (RuntimeException e) {
            if (failures.judge(e) == Judgement.INFRASTRUCTURE) {
                throw e;
            }
            log.warn("Could not record failures of {} as they are", flow.name(), e);
            return settlements.fail(
                    claimId,
                    rows.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, it -> plain(it.getValue()))));
        }
    }

    private Failure plain(Failure failure) {
        FailureKind kind = failure.kind();
        return new Failure("Failed; the reason could not be recorded", kind, null, failure.retryAfter());
    }

    private void giveBack(ActiveClaim claim, List<GiveBack<P, R>> backs) throws InterruptedException {
        Map<Boolean, List<GiveBack<P, R>>> byDelay =
                backs.stream().collect(Collectors.partitioningBy(it -> it.delay() != null));
        for (List<GiveBack<P, R>> some : byDelay.values()) {
            if (!some.isEmpty()) {
                Duration delay = some.getFirst().delay();
                giveBack(
                        claim,
                        some,
                        ids -> delay == null
                                ? settlements.release(claim.id(), ids)
                                : settlements.postpone(claim.id(), ids, delay));
            }
        }
    }

    private void giveBack(
            ActiveClaim claim, List<? extends Decision<P, R>> some, Function<List<Long>, Set<Long>> statement)
            throws InterruptedException {
        List<Long> ids = ids(some);
        Set<Long> ours = untilAnswered(claim, () -> statement.apply(ids));
        some.forEach(it -> meters.settled(FlowMeters.Outcome.RELEASED, it.nanos()));
        reportLost(ids.size() - ours.size());
    }

    // These statements may be sent twice: the second finds nothing that is still the claim's.
    private Set<Long> untilAnswered(ActiveClaim claim, Supplier<Set<Long>> statement) throws InterruptedException {
        while (claim.isTrusted()) {
            try {
                return statement.get();
            } catch (RuntimeException e) {
                if (failures.judge(e) != Judgement.INFRASTRUCTURE) {
                    throw e;
                }
                Thread.sleep(Duration.ofMillis(200));
            }
        }
        return Set.of();
    }

    private static List<Long> ids(List<? extends Decision<?, ?>> decisions) {
        return decisions.stream().map(it -> it.work().record().id()).toList();
    }

    private void reportLost(int records) {
        if (records > 0) {
            meters.fenceRejected(records);
            log.warn("{} records of {} were no longer ours when they were to be settled", records, flow.name());
        }
    }
}
