package io.rpaworker.ops.story;

import io.rpaworker.breaker.Awaited;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.ops.story.FlowSituation.Here;
import io.rpaworker.queue.LimitedClaims;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Looks at a flow: over all replicas, and at what only this one knows. */
@Component
class FlowSituations {

    private final FlowRegistry flows;
    private final LiveHandlers handlers;
    private final LimitedClaims claims;
    private final CircuitBreakers breakers;
    private final Heartbeat heartbeat;

    FlowSituations(
            FlowRegistry flows,
            LiveHandlers handlers,
            LimitedClaims claims,
            CircuitBreakers breakers,
            Heartbeat heartbeat) {
        this.flows = flows;
        this.handlers = handlers;
        this.claims = claims;
        this.breakers = breakers;
        this.heartbeat = heartbeat;
    }

    FlowSituation of(String name) {
        Optional<Flow<?, ?>> flow = flows.distributed().stream()
                .filter(it -> it.name().equals(name))
                .findFirst();
        List<Awaited> awaited =
                flow.map(it -> breakers.awaitedBy(name, it.sources())).orElse(List.of());
        return new FlowSituation(
                name,
                heartbeat.host(),
                here(name, flow.isPresent()),
                flow.map(Flow::settings).orElse(null),
                handlers.find(),
                claims.underWay(name),
                awaited);
    }

    private Here here(String name, boolean distributed) {
        if (distributed) {
            return Here.PROCESSED;
        }
        if (flows.enabled().contains(name)) {
            return Here.STANDARD;
        }
        return flows.known().contains(name) ? Here.NOT_ENABLED : Here.NO_HANDLER;
    }
}
