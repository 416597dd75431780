package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.RunsSnapshot;
import io.rpaworker.ops.SnapshotListener;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.queue.run.RunsLook.OpenRun;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The gauges of runs: of the flows that this replica runs, and of others that have an open run. */
@Component
class RunGauges implements SnapshotListener {

    private static final List<RunState> OPEN =
            Stream.of(RunState.values()).filter(it -> !it.isEnded()).toList();

    private final MeterRegistry registry;
    private final Heartbeat heartbeat;
    private final MultiGauge active;
    private final MultiGauge stalled;
    private final MultiGauge failed;
    private final MultiGauge leader;
    private final Map<String, Long> missed = new ConcurrentHashMap<>();

    RunGauges(MeterRegistry registry, Heartbeat heartbeat) {
        this.registry = registry;
        this.heartbeat = heartbeat;
        this.active = MultiGauge.builder("rpa.run.active")
                .description("Runs that have not ended, from the last snapshot")
                .register(registry);
        this.stalled = MultiGauge.builder("rpa.run.stalled")
                .description("How long no open run of the flow has got on; 0 if none is open")
                .baseUnit("seconds")
                .register(registry);
        this.failed = MultiGauge.builder("rpa.run.failed")
                .description("1 if the flow's latest run has failed, or is about to")
                .register(registry);
        this.leader = MultiGauge.builder("rpa.run.leader")
                .description("1 on the replica that leads an open run")
                .register(registry);
    }

    /** Replaces all rows; those of runs that have ended disappear. */
    @Override
    public void counted(QueueSnapshot snapshot, Set<String> own) {
        RunsSnapshot runs = snapshot.runs();
        List<OpenRun> open = runs.seen().open();
        var flows = new TreeSet<>(runs.own());
        open.forEach(it -> flows.add(it.flow()));
        active.register(flows.stream().flatMap(it -> states(it, open)).toList(), true);
        stalled.register(
                flows.stream()
                        .map(it -> row(runs.stalled(it).toMillis() / 1000.0, "flow", it))
                        .toList(),
                true);
        failed.register(
                runs.own().stream()
                        .map(it -> row(runs.seen().failed().contains(it) ? 1 : 0, "flow", it))
                        .toList(),
                true);
        String here = heartbeat.instance().map(WorkerInstance::id).orElse("");
        leader.register(
                open.stream()
                        .filter(it -> here.equals(it.leader()))
                        .map(it -> row(1, "flow", it.flow(), "run", String.valueOf(it.id())))
                        .toList(),
                true);
        runs.seen().missed().forEach(this::missed);
    }

    private static Stream<Row<?>> states(String flow, List<OpenRun> open) {
        return OPEN.stream()
                .map(state -> row(
                        open.stream()
                                .filter(it -> it.flow().equals(flow) && it.state() == state)
                                .count(),
                        "flow",
                        flow,
                        "state",
                        state.column()));
    }

    private static Row<?> row(Number value, String... tags) {
        return Row.of(Tags.of(tags), value);
    }

    // It only grows, over all replicas: what each tells is the same.
    private void missed(String flow, long ticks) {
        if (missed.put(flow, ticks) == null) {
            FunctionCounter.builder("rpa.run.ticks.missed", missed, it -> it.getOrDefault(flow, 0L))
                    .description("Planned times at which no run was started, of all replicas together")
                    .tag("flow", flow)
                    .register(registry);
        }
    }
}
