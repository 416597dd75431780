package io.rpaworker.worker;

import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.Claim.ClaimedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Decodes records, calls the handler, and decides what is to become of each record. */
final class Execution<P, R extends @Nullable Object> {

    private static final Logger log = LoggerFactory.getLogger(Execution.class);

    private final Flow<P, R> flow;
    private final Decisions<P, R> decisions;
    private final FailureTable failures;
    private final Outbox<P, R> outbox;

    Execution(Flow<P, R> flow, Decisions<P, R> decisions, FailureTable failures, Outbox<P, R> outbox) {
        this.flow = flow;
        this.decisions = decisions;
        this.failures = failures;
        this.outbox = outbox;
    }

    /** How many records one call takes: all of a claim, or one. */
    boolean takesBatches() {
        return flow.handler() instanceof BatchRecordHandler;
    }

    /** Runs one call to its end; never throws. */
    void run(Call call) {
        switch (flow.handler()) {
            case RecordHandler<P, R> handler -> call.works().forEach(work -> handleOne(handler, call, work));
            case BatchRecordHandler<P, R> handler -> handleBatch(handler, call, decoded(call.works()));
        }
    }

    /** Decides about the records of a call that ran too long and goes on all the same. */
    void giveUp(Call call) {
        for (Work work : call.works()) {
            if (!work.isDecided()) {
                // Which of a batch it is stuck on is not known: each is tried alone.
                boolean alone = call.works().size() == 1;
                decide(
                        work,
                        () -> alone
                                ? decisions.onTimeout(work, call.nanos())
                                : new Decision.Suspect<>(work, call.nanos()));
            }
        }
    }

    /** Gives a record back as if it had never been claimed, unless its outcome is decided already. */
    void giveBack(Work work) {
        decide(work, () -> decisions.giveBack(work));
    }

    private void handleOne(RecordHandler<P, R> handler, Call call, Work work) {
        MDC.setContextMap(context(work));
        try {
            WorkRecord<P> record = workRecord(work);
            Outcome<R> outcome = handler.handle(record);
            decide(work, () -> decisions.onOutcome(work, record, outcome, call.nanos()));
        } catch (Throwable failure) {
            log.debug("Record failed", failure);
            decide(
                    work,
                    () -> call.isOverdue()
                            ? decisions.onTimeout(work, call.nanos())
                            : decisions.onFailure(work, failure, call.nanos()));
        } finally {
            MDC.clear();
        }
    }

    private List<Decoded<P>> decoded(List<Work> works) {
        var decoded = new ArrayList<Decoded<P>>(works.size());
        for (Work work : works) {
            try {
                decoded.add(new Decoded<>(work, workRecord(work)));
            } catch (Throwable e) {
                // Mostly a bad payload; a payload's own code or constraints may be broken as well.
                decide(work, () -> decisions.onFailure(work, e, 0));
            }
        }
        return decoded;
    }

    private void handleBatch(BatchRecordHandler<P, R> handler, Call call, List<Decoded<P>> batch) {
        if (batch.stream().allMatch(it -> it.work().isDecided())) {
            return;
        }
        MDC.put("flow", flow.name());
        MDC.put("instance", batch.getFirst().work().claim().tenure().replica().id());
        try {
            List<Outcome<R>> outcomes =
                    handler.handle(batch.stream().map(Decoded::record).toList());
            if (outcomes == null || outcomes.size() != batch.size()) {
                throw new IllegalStateException("The handler of %s answered %s outcomes for %d records"
                        .formatted(flow.name(), outcomes == null ? "no" : outcomes.size(), batch.size()));
            }
            long share = call.nanos() / batch.size();
            for (int i = 0; i < batch.size(); i++) {
                Decoded<P> it = batch.get(i);
                Outcome<R> outcome = outcomes.get(i);
                decide(it.work(), () -> decisions.onOutcome(it.work(), it.record(), outcome, share));
            }
        } catch (Throwable failure) {
            log.debug("Batch of {} failed", batch.size(), failure);
            batchFailed(handler, call, batch, failure);
        } finally {
            MDC.clear();
        }
    }

    private void batchFailed(BatchRecordHandler<P, R> handler, Call call, List<Decoded<P>> batch, Throwable failure) {
        boolean infrastructure = !call.isOverdue() && failures.judge(failure) == Judgement.INFRASTRUCTURE;
        if (batch.size() == 1 || infrastructure) {
            for (Decoded<P> it : batch) {
                decide(
                        it.work(),
                        () -> call.isOverdue()
                                ? decisions.onTimeout(it.work(), call.nanos())
                                : decisions.onFailure(it.work(), failure, call.nanos()));
            }
            return;
        }
        // One record may have spoilt the batch for its neighbours: halves, down to the record that stands alone.
        int half = batch.size() / 2;
        for (List<Decoded<P>> part : List.of(batch.subList(0, half), batch.subList(half, batch.size()))) {
            boolean wasInterrupted = Thread.interrupted();
            if (wasInterrupted && !call.isOverdue()) {
                Thread.currentThread().interrupt();
            }
            call.restart();
            handleBatch(handler, call, part);
        }
    }

    private void decide(Work work, Supplier<Decision<P, R>> decision) {
        if (work.isDecided()) {
            return;
        }
        Decision<P, R> decided;
        try {
            decided = decision.get();
        } catch (Throwable broken) {
            // A result that cannot be written as JSON, an outcome that throws: the record's own failure.
            decided = decisions.onFailure(work, broken, 0);
        }
        if (work.decide()) {
            outbox.add(decided);
        }
    }

    private WorkRecord<P> workRecord(Work work) {
        ClaimedRecord record = work.record();
        P payload = flow.decoder().decode(record.payload());
        return new WorkRecord<>(record.id(), flow.name(), record.key(), payload, work.attempt(), record.createdAt());
    }

    private Map<String, String> context(Work work) {
        return Map.of(
                "flow", flow.name(),
                "record", Long.toString(work.record().id()),
                "attempt", Integer.toString(work.attempt()),
                "instance", work.claim().tenure().replica().id());
    }

    private record Decoded<P>(Work work, WorkRecord<P> record) {}
}
