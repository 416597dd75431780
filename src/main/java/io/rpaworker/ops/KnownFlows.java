package io.rpaworker.ops;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowsProperties;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.text.Nearest;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Tells flows that somebody knows from misspelt ones: one is in a configuration, on a live replica or in a record. */
@Component
public class KnownFlows {

    private final Set<String> configured;

    KnownFlows(FlowRegistry flows, FlowsProperties properties) {
        this.configured = new TreeSet<>(flows.known());
        configured.addAll(properties.flows().keySet());
    }

    /** All of them, by name: those of this replica's configuration, and what has been seen elsewhere. */
    public SortedSet<String> with(Collection<LiveHandler> live, Collection<String> withRecords) {
        var known = new TreeSet<>(configured);
        known.addAll(withRecords);
        live.stream().map(LiveHandler::flow).filter(Objects::nonNull).forEach(known::add);
        return known;
    }

    /**
     * Refuses a flow that nobody knows.
     *
     * @throws Problem if there is none of this name, with the nearest that there is
     */
    public void require(String flow, QueueSnapshot snapshot) {
        require(flow, with(snapshot.handlers(), snapshot.counts().keySet()));
    }

    /** The same, among those that {@link #with} has found. */
    public static void require(String flow, SortedSet<String> known) {
        if (!known.contains(flow)) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "There is no flow %s in the configuration, on a live replica or in the queue%s"
                                    .formatted(
                                            flow, known.isEmpty() ? "" : "; the nearest is " + Nearest.to(flow, known)))
                    .with("flow_name", flow);
        }
    }
}
