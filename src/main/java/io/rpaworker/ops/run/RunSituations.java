package io.rpaworker.ops.run;

import io.rpaworker.control.FlowPause;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.Hindrances;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunList.Asked;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Looks at what a run meets at this moment; within a question to rpa_db. */
@Component
class RunSituations {

    private static final int MOST_BEFORE = 100;

    private final RunList runs;
    private final StandingOrders orders;
    private final LiveHandlers handlers;
    private final Hindrances hindrances;

    RunSituations(RunList runs, StandingOrders orders, LiveHandlers handlers, Hindrances hindrances) {
        this.runs = runs;
        this.orders = orders;
        this.handlers = handlers;
        this.hindrances = hindrances;
    }

    /**
     * What it meets.
     *
     * @param before runs that it waits for, the last first; empty unless it is queued
     * @param pauses that hold for its flow, for its discovery or for its end
     * @param unhandled of its flow and those beside it, which no live replica processes
     * @param hindrances of those that are processed, as people read them
     */
    record Situation(List<Long> before, List<FlowPause> pauses, Set<String> unhandled, List<String> hindrances) {}

    Situation of(Run run) {
        List<String> flows = RunPart.flowsWith(run.flow());
        Map<String, FlowPause> pauses = orders.read().pauses();
        return new Situation(
                before(run),
                flows.stream().map(pauses::get).filter(Objects::nonNull).toList(),
                unhandled(flows),
                Hindrances.texts(hindrances.everywhere().stream()
                        .filter(it -> flows.contains(it.flow()))
                        .toList()));
    }

    private List<Long> before(Run run) {
        if (run.state() != RunState.QUEUED) {
            return List.of();
        }
        return runs.latest(new Asked(run.flow(), null, true, run.id(), MOST_BEFORE)).stream()
                .filter(it -> !it.dryRun())
                .map(Run::id)
                .toList();
    }

    // One of an old release that does not say what it processes may process it.
    private Set<String> unhandled(List<String> flows) {
        List<LiveHandler> live = handlers.find();
        var unhandled = new TreeSet<>(flows);
        live.forEach(it -> {
            if (it.flow() == null) {
                unhandled.clear();
            } else {
                unhandled.remove(it.flow());
            }
        });
        return unhandled;
    }
}
