package io.rpaworker.ops;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.text.Nearest;
import java.util.Collection;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/**
 * Tells flows that somebody knows from misspelt ones: one has a handler here, is on a live replica or in a record. The
 * configuration names no other: a start refuses a flow that has no handler.
 */
@Component
public class KnownFlows {

    private final FlowRegistry flows;

    KnownFlows(FlowRegistry flows) {
        this.flows = flows;
    }

    /** All of them, by name: this replica's, and what has been seen elsewhere. */
    public SortedSet<String> with(Collection<LiveHandler> live, Collection<String> withRecords) {
        var known = new TreeSet<>(flows.known());
        known.addAll(withRecords);
        live.stream().map(LiveHandler::flow).filter(Objects::nonNull).forEach(known::add);
        return known;
    }

    /** The same, as seen with the queue. */
    public SortedSet<String> of(QueueSnapshot snapshot) {
        return with(snapshot.handlers(), snapshot.counts().keySet());
    }

    /**
     * Refuses a flow that nobody knows.
     *
     * @throws Problem if there is none of this name, with the nearest that there is
     */
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
