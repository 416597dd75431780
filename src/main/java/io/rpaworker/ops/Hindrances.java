package io.rpaworker.ops;

import io.rpaworker.breaker.Awaited;
import io.rpaworker.condition.FlowCondition;
import io.rpaworker.condition.Hanging;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.KnownInstances;
import io.rpaworker.lease.KnownInstances.State;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.FlowStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Says what hinders flows: on this replica at this moment, on the others as they have told within the last seconds. */
@Component
public class Hindrances {

    private static final int MOST = 1_000;

    private final KnownInstances instances;
    private final Heartbeat heartbeat;
    private final FlowStates flows;

    Hindrances(KnownInstances instances, Heartbeat heartbeat, FlowStates flows) {
        this.instances = instances;
        this.heartbeat = heartbeat;
        this.flows = flows;
    }

    /**
     * That a replica is hindered in processing a flow.
     *
     * @param host the replica's machine or pod
     * @param condition what hinders it
     */
    public record Hindrance(String host, FlowCondition condition) {

        /** The flow's name. */
        public String flow() {
            return condition.flow();
        }
    }

    /**
     * A source that flows wait for.
     *
     * @param flows that do
     * @param hosts of the replicas that do
     * @param waiting how long the first of them has
     * @param reason what that one has met
     */
    public record Wait(
            String source, SortedSet<String> flows, SortedSet<String> hosts, Duration waiting, String reason) {

        private Wait and(Wait other) {
            flows.addAll(other.flows());
            hosts.addAll(other.hosts());
            Wait longer = other.waiting().compareTo(waiting) > 0 ? other : this;
            return new Wait(source, flows, hosts, longer.waiting(), longer.reason());
        }
    }

    /** Of this replica; asks nobody. */
    public List<Hindrance> here() {
        String host = heartbeat.host();
        return flows.conditions().stream()
                .filter(FlowCondition::isHindered)
                .map(it -> new Hindrance(host, it))
                .toList();
    }

    /** Of the others that live, by host and flow; to be asked within a question to rpa_db. */
    public List<Hindrance> elsewhere() {
        String here = heartbeat.instance().map(WorkerInstance::id).orElse("");
        var all = new ArrayList<Hindrance>();
        for (var it : instances.recent(MOST)) {
            if (it.state() == State.LIVE && it.conditions() != null && !it.id().equals(here)) {
                it.conditions().stream()
                        .filter(FlowCondition::isHindered)
                        .forEach(condition -> all.add(new Hindrance(it.host(), condition)));
            }
        }
        all.sort(Comparator.comparing(Hindrance::host).thenComparing(Hindrance::flow));
        return all;
    }

    /** Of all that live. */
    public List<Hindrance> everywhere() {
        return Stream.concat(here().stream(), elsewhere().stream())
                .sorted(Comparator.comparing(Hindrance::host))
                .toList();
    }

    /** Which sources are waited for, by name. */
    public static List<Wait> waits(List<Hindrance> hindrances) {
        SortedMap<String, Wait> waits = new TreeMap<>();
        for (Hindrance hindrance : hindrances) {
            for (Awaited it : hindrance.condition().awaited()) {
                var wait = new Wait(
                        it.source(),
                        new TreeSet<>(List.of(hindrance.flow())),
                        new TreeSet<>(List.of(hindrance.host())),
                        it.waiting(),
                        it.reason());
                waits.merge(it.source(), wait, Wait::and);
            }
        }
        return List.copyOf(waits.values());
    }

    /** As people read them, with what sources and calls say of themselves. */
    public static List<String> texts(List<Hindrance> hindrances) {
        var texts = new ArrayList<String>();
        waits(hindrances)
                .forEach(it -> texts.add("Source %s does not answer: %s for it on %s, for %s: %s"
                        .formatted(
                                it.source(),
                                waiters(it.flows()),
                                String.join(", ", it.hosts()),
                                DurationText.of(it.waiting()),
                                it.reason())));
        for (Hindrance it : hindrances) {
            for (Hanging call : it.condition().hanging()) {
                texts.add("A call of flow %s on %s %s: %s"
                        .formatted(
                                it.flow(),
                                it.host(),
                                call.stuck()
                                        ? "ignores its interrupt and keeps its slot"
                                        : "takes longer than its record-timeout",
                                call.text()));
            }
        }
        return texts;
    }

    private static String waiters(SortedSet<String> names) {
        String all = String.join(", ", names);
        return names.size() == 1 ? "flow %s waits".formatted(all) : "flows %s wait".formatted(all);
    }
}
