package io.rpaworker.ops.fleet;

import io.rpaworker.breaker.Awaited;
import io.rpaworker.condition.FlowCondition;
import io.rpaworker.leader.CurrentTerm;
import io.rpaworker.leader.CurrentTerm.LastTerm;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.KnownInstances;
import io.rpaworker.lease.KnownInstances.KnownInstance;
import io.rpaworker.lease.KnownInstances.State;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.fleet.Fleet.Hindered;
import io.rpaworker.ops.fleet.Fleet.InFlight;
import io.rpaworker.ops.fleet.Fleet.Replica;
import io.rpaworker.ops.fleet.Fleet.Slots;
import io.rpaworker.queue.story.UnderWay;
import io.rpaworker.queue.story.UnderWay.Held;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.FlowStates;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says which replicas there are and what they hold; of this one also what its slots do. */
@Component
public class Replicas {

    private static final int MOST = 200;

    private final Questions questions;
    private final KnownInstances instances;
    private final CurrentTerm term;
    private final UnderWay underWay;
    private final Heartbeat heartbeat;
    private final FlowStates flows;

    Replicas(
            Questions questions,
            KnownInstances instances,
            CurrentTerm term,
            UnderWay underWay,
            Heartbeat heartbeat,
            FlowStates flows) {
        this.questions = questions;
        this.instances = instances;
        this.term = term;
        this.underWay = underWay;
        this.heartbeat = heartbeat;
        this.flows = flows;
    }

    private record Seen(
            List<KnownInstance> instances, @Nullable LastTerm leader, List<Held> held) {}

    /**
     * Looks at all of them; 200 at most are named.
     *
     * @throws io.rpaworker.ops.Problem if rpa_db does not answer
     */
    public Fleet look() {
        Seen seen = questions.ask(() -> new Seen(
                instances.recent(MOST + 1), term.find().filter(LastTerm::held).orElse(null), underWay.byReplica()));
        List<Replica> replicas = seen.instances().stream()
                .limit(MOST)
                .map(it -> replica(it, seen))
                .toList();
        int live = Math.toIntExact(
                replicas.stream().filter(it -> it.state().equals("live")).count());
        return new Fleet(live, replicas, seen.instances().size() > MOST);
    }

    private Replica replica(KnownInstance known, Seen seen) {
        boolean here = heartbeat
                .instance()
                .map(WorkerInstance::id)
                .filter(known.id()::equals)
                .isPresent();
        LastTerm leader = seen.leader() != null && seen.leader().holder().equals(known.id()) ? seen.leader() : null;
        return new Replica(
                known.id(),
                known.host(),
                known.version(),
                known.startedAt(),
                known.state().name().toLowerCase(Locale.ROOT),
                known.endedAt() == null ? Math.round(known.leaseEndsInSeconds() * 10) / 10.0 : null,
                known.endedAt(),
                known.listening() && known.state() == State.LIVE,
                here,
                leader == null ? null : leader.term(),
                leader == null ? null : leader.takenAt(),
                known.handlers(),
                hindered(known.conditions()),
                inFlight(known.id(), seen.held()),
                here ? slots() : null);
    }

    private static @Nullable SortedMap<String, Hindered> hindered(@Nullable List<FlowCondition> conditions) {
        return conditions == null
                ? null
                : conditions.stream()
                        .filter(FlowCondition::isHindered)
                        .collect(byFlow(FlowCondition::flow, Replicas::hindered));
    }

    private static Hindered hindered(FlowCondition flow) {
        return new Hindered(
                flow.awaited().stream().map(Awaited::source).toList(),
                Math.toIntExact(
                        flow.hanging().stream().filter(it -> !it.stuck()).count()),
                flow.stuck());
    }

    private static SortedMap<String, InFlight> inFlight(String instance, List<Held> held) {
        return held.stream()
                .filter(it -> it.instance().equals(instance))
                .collect(byFlow(Held::flow, it -> new InFlight(it.records(), it.oldest())));
    }

    private SortedMap<String, Slots> slots() {
        return flows.flows().stream().collect(byFlow(FlowState::flow, Replicas::slots));
    }

    private static Slots slots(FlowState flow) {
        // Counted one after the other, while calls begin and end.
        int free = Math.max(0, flow.slots() - flow.busy() - flow.stuck());
        return new Slots(flow.slots(), flow.busy(), flow.stuck(), free);
    }

    private static <T, V> Collector<T, ?, SortedMap<String, V>> byFlow(Function<T, String> flow, Function<T, V> value) {
        return Collectors.toMap(flow, value, (one, other) -> one, TreeMap::new);
    }
}
