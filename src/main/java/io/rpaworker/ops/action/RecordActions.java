package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Batch;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.queue.order.Cancellations;
import io.rpaworker.queue.order.DueTimes;
import io.rpaworker.queue.story.QueueRecord;
import io.rpaworker.queue.story.Records;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Cancels, postpones and hurries single records; of dead letters it does what is done to many. */
@Component
public class RecordActions {

    private final Acting acting;
    private final Records records;
    private final Cancellations cancellations;
    private final DueTimes dueTimes;
    private final DeadLetterOrders deadLetters;
    private final AuditedBatches batches;

    RecordActions(
            Acting acting,
            Records records,
            Cancellations cancellations,
            DueTimes dueTimes,
            DeadLetterOrders deadLetters,
            AuditedBatches batches) {
        this.acting = acting;
        this.records = records;
        this.cancellations = cancellations;
        this.dueTimes = dueTimes;
        this.deadLetters = deadLetters;
        this.batches = batches;
    }

    private record Changed(String outcome) implements Batch {

        @Override
        public int records() {
            return 1;
        }
    }

    /**
     * Carries out an order about one record.
     *
     * @throws Problem if it makes no sense, if there is no such record, if its state does not allow it, or if rpa_db
     *     does not answer; then nothing is changed
     */
    public RecordOrder.Done carryOut(long id, RecordOrder order, Operator operator) {
        String action = Parameters.oneOf("action", order.action(), "cancel", "postpone", "run_now", "retry", "discard");
        Actor actor = operator.giving(order.reason());
        Instant at = Parameters.moment("at", order.at());
        if ((at != null) != action.equals("postpone")) {
            throw Parameters.invalid(
                    "at", at == null ? "A postponement says until when, in at" : "Parameter at is for a postponement");
        }
        QueueRecord record = acting.act(() -> find(id));
        if (action.equals("retry") || action.equals("discard")) {
            return ofDeadLetter(record, action, order.reason(), operator);
        }
        var ordered = new Order(actor, action, record.flowName(), details(id, at));
        Changed changed = acting.act(() -> batches.one(ordered, () -> new Changed(change(record, action, at, actor))));
        return new RecordOrder.Done(id, action, changed.outcome(), at);
    }

    private QueueRecord find(long id) {
        return records.find(id)
                .orElseThrow(() -> new Problem(Problem.Kind.NOT_FOUND, "There is no record %d".formatted(id))
                        .with("record_id", id));
    }

    private RecordOrder.Done ofDeadLetter(
            QueueRecord record, String action, @Nullable String reason, Operator operator) {
        long id = record.id();
        deadLetters.carryOut(
                new DeadLetterOrder(
                        action,
                        id,
                        record.flowName(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        reason),
                operator);
        return new RecordOrder.Done(id, action, action.equals("retry") ? "pending" : "deleted", null);
    }

    private String change(QueueRecord record, String action, @Nullable Instant at, Actor actor) {
        long id = record.id();
        if (action.equals("cancel")) {
            return cancel(record, actor);
        }
        if (!(at != null ? dueTimes.postpone(id, at) : dueTimes.runNow(id))) {
            throw conflict(record, "it is %s".formatted(state(record)));
        }
        return at != null ? "postponed" : "pending";
    }

    private String cancel(QueueRecord record, Actor actor) {
        if (record.status().equals("processing") && record.claimId() == null) {
            throw conflict(record, "it is processing under a Python worker, which nobody can interrupt");
        }
        if (record.status().equals("failed") && record.nextRetryAt() == null) {
            throw conflict(record, "it is a dead letter");
        }
        return switch (cancellations.cancel(record.id(), actor)) {
            case CANCELLED -> "cancelled";
            case ASKED -> "cancelling";
            case ENDED -> throw conflict(record, "it is %s".formatted(state(record)));
        };
    }

    private static Problem conflict(QueueRecord record, String why) {
        return new Problem(Problem.Kind.CONFLICT, "Record %d stays as it is: %s".formatted(record.id(), why))
                .with("record_id", record.id())
                .with("flow_name", record.flowName())
                .with("record_status", record.status());
    }

    private static String state(QueueRecord record) {
        return switch (record.status()) {
            case "pending" -> "pending and due, or being claimed at this moment";
            case "failed" -> record.nextRetryAt() == null ? "a dead letter" : "being changed at this moment";
            default -> record.status();
        };
    }

    private static Map<String, Object> details(long id, @Nullable Instant at) {
        return at == null ? Map.of("record_id", id) : Map.of("record_id", id, "at", at);
    }
}
