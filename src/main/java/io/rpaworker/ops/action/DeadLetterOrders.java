package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.queue.deadletter.DeadLetterActions;
import io.rpaworker.queue.deadletter.DeadLetterFilter;
import io.rpaworker.queue.deadletter.DeadLetters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Retries, discards and purges dead letters. */
@Component
public class DeadLetterOrders {

    private static final int MOST_DAYS = 36_500;
    private static final int MOST_CANARIES = 1_000;

    private final Acting acting;
    private final DeadLetters deadLetters;
    private final DeadLetterActions actions;
    private final InstantSource clock = InstantSource.system();

    DeadLetterOrders(Acting acting, DeadLetters deadLetters, DeadLetterActions actions) {
        this.acting = acting;
        this.deadLetters = deadLetters;
        this.actions = actions;
    }

    /**
     * Carries out an order. What fails while it goes on is not meant. Records that somebody has cancelled are retried
     * only if they are asked for by their kind, group or id.
     *
     * @throws Problem if it makes no sense, if who gives it may not delete and this would, if the one record that is
     *     meant is no dead letter, or if rpa_db does not answer; batches before that are done and written down
     */
    public DeadLetterOrder.Done carryOut(DeadLetterOrder order, Operator operator) {
        String action = Parameters.oneOf("action", order.action(), "retry", "discard", "purge");
        DeadLetterFilter filter = filter(action, order);
        Actor actor = operator.giving(order.reason());
        Integer canary = canary(action, order.canary());
        if (canary != null && filter.kind() == FailureKind.CANCELLED) {
            // A replica of the release before could not read it, and would watch no other canary either.
            throw Parameters.invalid("canary", "What was cancelled is retried without a canary");
        }
        boolean dry = Boolean.TRUE.equals(order.dryRun());
        if (!action.equals("retry") && !dry) {
            operator.requireDeleting(action);
        }
        long records = acting.act(() -> {
            if (dry) {
                long meant = deadLetters.count(filter, !action.equals("retry"));
                return canary == null ? meant : Math.min(canary, meant);
            }
            return carryOut(action, filter, canary, actor);
        });
        if (order.id() != null && records == 0) {
            throw new Problem(Problem.Kind.CONFLICT, "Record %d is no dead letter".formatted(order.id()))
                    .with("record_id", order.id());
        }
        return new DeadLetterOrder.Done(action, dry, records, action.equals("retry") ? canary != null : null);
    }

    private long carryOut(String action, DeadLetterFilter filter, @Nullable Integer canary, Actor actor) {
        if (!action.equals("retry")) {
            return actions.delete(filter, action, actor);
        }
        return canary == null ? actions.retry(filter, actor) : actions.retryWithCanary(filter, canary, actor);
    }

    private DeadLetterFilter filter(String action, DeadLetterOrder order) {
        boolean all = Boolean.TRUE.equals(order.all());
        if (action.equals("purge") != (order.days() != null)) {
            throw Parameters.invalid(
                    "days",
                    action.equals("purge")
                            ? "A purge says how many days old what it deletes is at least, in days"
                            : "Parameter days is for a purge");
        }
        if (all && order.isLimited()) {
            throw Parameters.invalid("all", "Either all dead letters are meant, or those that something is said of");
        }
        if (!all && !order.isLimited() && !action.equals("purge")) {
            throw Parameters.invalid(
                    "all",
                    "Say which dead letters are meant: by id, flow, kind, fingerprint, error, failed_from,"
                            + " failed_before or run_id; or say all");
        }
        DeadLetterFilter asked = order.asked().filter();
        DeadLetterFilter filter = order.id() == null ? asked : asked.withId(order.id());
        return order.days() == null ? filter : filter.before(longAgo(order.days()));
    }

    private Instant longAgo(int days) {
        if (days < 0 || days > MOST_DAYS) {
            throw Parameters.invalid("days", "Parameter days is from 0 to %d".formatted(MOST_DAYS));
        }
        return clock.instant().minus(Duration.ofDays(days));
    }

    private static @Nullable Integer canary(String action, @Nullable Integer canary) {
        if (canary != null && !action.equals("retry")) {
            throw Parameters.invalid("canary", "Parameter canary is for a retry");
        }
        if (canary != null && (canary < 1 || canary > MOST_CANARIES)) {
            throw Parameters.invalid("canary", "Parameter canary is from 1 to %d".formatted(MOST_CANARIES));
        }
        return canary;
    }
}
