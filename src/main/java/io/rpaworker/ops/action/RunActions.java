package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Batch;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.handler.RunUnderWayException;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.queue.run.NewRuns;
import io.rpaworker.queue.run.NewRuns.NewRun;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.queue.run.Trigger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Starts runs, cancels them, has them tried again and reopened. */
@Component
public class RunActions {

    private static final int BATCHES_AT_ONCE = 10;

    private final Acting acting;
    private final NewRuns starts;
    private final RunOrders orders;
    private final RunList runs;
    private final AuditedBatches batches;
    private final RunStarts checks;

    RunActions(
            Acting acting, NewRuns starts, RunOrders orders, RunList runs, AuditedBatches batches, RunStarts checks) {
        this.acting = acting;
        this.starts = starts;
        this.orders = orders;
        this.runs = runs;
        this.batches = batches;
        this.checks = checks;
    }

    private record Changed(long run, boolean isChanged) implements Batch {

        @Override
        public int records() {
            return isChanged ? 1 : 0;
        }
    }

    /**
     * Starts a run.
     *
     * @throws Problem if it makes no sense, if no replica has runs of the flow, if a run of it has not ended that is in
     *     its way, or if rpa_db does not answer; then none is started
     */
    public RunOrder.Done start(RunStart start, Operator operator) {
        RunStarts.Checked checked = checks.check(start);
        Actor actor = operator.giving(start.reason());
        var details = new LinkedHashMap<String, Object>();
        details.put("parameters", checked.parameters());
        details.put("dry_run", checked.dryRun());
        var run = new NewRun(
                checked.flow(),
                Trigger.OPERATOR,
                null,
                checked.json(),
                checked.dryRun(),
                checked.overlap(),
                actor.name());
        return acting.act(() -> {
            Changed changed = batches.one(new Order(actor, "start_run", checked.flow(), details), () -> {
                long id = begin(run);
                details.put("run_id", id);
                return new Changed(id, true);
            });
            return done("start", find(changed.run()));
        });
    }

    private long begin(NewRun run) {
        try {
            return starts.start(run).orElseThrow();
        } catch (RunUnderWayException e) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "Run %d of flow %s has not ended, and rpa.flows.%s.run.overlap is skip"
                                    .formatted(e.run(), run.flow(), run.flow()))
                    .with("flow_name", run.flow())
                    .with("run_id", e.run());
        }
    }

    /**
     * Carries out an order about one run.
     *
     * @throws Problem if it makes no sense, if there is no such run, if its state does not allow it, or if rpa_db does
     *     not answer; then nothing is changed
     */
    public RunOrder.Done carryOut(long id, RunOrder order, Operator operator) {
        String action = Parameters.oneOf("action", order.action(), "cancel", "retry", "reopen");
        Actor actor = operator.giving(order.reason());
        return acting.act(() -> {
            Run run = find(id);
            var ordered = new Order(actor, action + "_run", run.flow(), Map.of("run_id", id));
            Changed changed = batches.one(ordered, () -> change(run, action, actor));
            if (!changed.isChanged()) {
                throw unchanged(find(id), action);
            }
            if (action.equals("cancel")) {
                withdraw(id);
            }
            return done(action, find(id));
        });
    }

    private Changed change(Run run, String action, Actor actor) {
        var done = switch (action) {
            case "cancel" -> orders.cancel(run.id(), actor);
            case "retry" -> orders.retry(run.id());
            default -> orders.reopen(run.id());
        };
        return new Changed(run.id(), done.map(RunOrders.Done::changed).orElse(false));
    }

    // Soon, so that little of it begins meanwhile; what is left goes by the chore that looks after runs, batch by
    // batch.
    private void withdraw(long run) {
        int done = 1;
        while (RunOrders.isWhole(orders.withdraw(run)) && done < BATCHES_AT_ONCE) {
            done++;
        }
    }

    private Run find(long id) {
        return runs.find(id)
                .orElseThrow(() ->
                        new Problem(Problem.Kind.NOT_FOUND, "There is no run %d".formatted(id)).with("run_id", id));
    }

    private static Problem unchanged(Run run, String action) {
        String state = run.state().column();
        String why = switch (action) {
            case "cancel" -> "it is %s".formatted(state);
            case "retry" ->
                run.state() == RunState.CANCELLED
                        ? "it is cancelled; reopen it"
                        : "it is %s, and nothing of it is a dead letter".formatted(state);
            default ->
                run.dryRun()
                        ? "it is a dry run; start another one"
                        : run.startedAt() == null
                                ? "it has never begun; start another one"
                                : "it is %s, and has not ended".formatted(state);
        };
        return new Problem(Problem.Kind.CONFLICT, "Run %d stays as it is: %s".formatted(run.id(), why))
                .with("run_id", run.id())
                .with("flow_name", run.flow())
                .with("run_state", state);
    }

    private static RunOrder.Done done(String action, Run run) {
        return new RunOrder.Done(run.id(), run.flow(), action, run.state().column(), run.round());
    }
}
