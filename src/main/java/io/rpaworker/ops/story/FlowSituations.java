package io.rpaworker.ops.story;

import io.rpaworker.control.StandingOrders;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.ops.FlowOwners;
import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.story.FlowSituation.Here;
import io.rpaworker.queue.LimitedClaims;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Looks at a flow: over all replicas, and at what only this one knows. */
@Component
class FlowSituations {

    private final FlowRegistry flows;
    private final LiveHandlers handlers;
    private final LimitedClaims claims;
    private final Hindrances hindrances;
    private final Heartbeat heartbeat;
    private final StandingOrders orders;

    FlowSituations(
            FlowRegistry flows,
            LiveHandlers handlers,
            LimitedClaims claims,
            Hindrances hindrances,
            Heartbeat heartbeat,
            StandingOrders orders) {
        this.flows = flows;
        this.handlers = handlers;
        this.claims = claims;
        this.hindrances = hindrances;
        this.heartbeat = heartbeat;
        this.orders = orders;
    }

    FlowSituation of(String name) {
        Optional<Flow<?, ?>> flow = flows.distributed().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
        return new FlowSituation(
                name,
                FlowOwners.of(flows, name),
                heartbeat.host(),
                here(name, flow.isPresent()),
                flow.map(Flow::settings).orElse(null),
                handlers.find(),
                claims.underWay(name),
                hindrances.everywhere().stream()
                        .filter(it -> it.flow().equals(name))
                        .toList(),
                orders.read());
    }

    private Here here(String name, boolean distributed) {
        if (distributed) {
            return Here.PROCESSED;
        }
        if (!flows.handlers().containsKey(name)) {
            return Here.NO_HANDLER;
        }
        return flows.enabled().contains(name) ? Here.STANDARD : Here.NOT_ENABLED;
    }
}
