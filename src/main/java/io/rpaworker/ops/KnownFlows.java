package io.rpaworker.ops;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowsProperties;
import io.rpaworker.text.Nearest;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Component;

/** Tells flows that somebody knows from misspelt ones. */
@Component
public class KnownFlows {

    private final Set<String> configured;

    KnownFlows(FlowRegistry flows, FlowsProperties properties) {
        this.configured = new TreeSet<>(flows.known());
        configured.addAll(properties.flows().keySet());
    }

    /**
     * Refuses a flow that is in no configuration, on no live replica and in no record.
     *
     * @throws Problem if there is none of this name, with the nearest that there is
     */
    public void require(String flow, QueueSnapshot snapshot) {
        var known = new TreeSet<>(configured);
        known.addAll(snapshot.counts().keySet());
        snapshot.handlers().stream()
                .map(it -> it.flow())
                .filter(it -> it != null)
                .forEach(known::add);
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
