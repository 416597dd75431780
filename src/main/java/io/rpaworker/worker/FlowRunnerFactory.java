package io.rpaworker.worker;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.worker.claiming.ClaimingStage;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.settling.SettlingStage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts a flow's stages together, the last one first. */
@Component
class FlowRunnerFactory {

    private final FlowRegistry flows;
    private final InFlight.Factory inFlight;
    private final ClaimingStage.Factory claiming;
    private final HandlingStage.Factory handling;
    private final SettlingStage.Factory settling;
    private final CircuitBreakers breakers;

    FlowRunnerFactory(
            FlowRegistry flows,
            InFlight.Factory inFlight,
            ClaimingStage.Factory claiming,
            HandlingStage.Factory handling,
            SettlingStage.Factory settling,
            CircuitBreakers breakers) {
        this.flows = flows;
        this.inFlight = inFlight;
        this.claiming = claiming;
        this.handling = handling;
        this.settling = settling;
        this.breakers = breakers;
    }

    /** Of each flow that this process is to run; none is started. */
    List<FlowRunner> all() {
        var all = new ArrayList<FlowRunner>();
        flows.distributed().forEach(flow -> all.add(runnerOf(flow)));
        return List.copyOf(all);
    }

    private <P, R extends @Nullable Object> FlowRunner runnerOf(Flow<P, R> flow) {
        InFlight held = inFlight.of(flow);
        FlowBreakers sources = breakers.of(flow.name(), flow.sources());
        SettlingStage<P, R> last = settling.of(flow, sources, held);
        HandlingStage middle = handling.of(flow, sources, held, last);
        held.meters().slots(middle.slots(), middle::busy, middle::stuck);
        held.meters().longestCall(middle::longestCall);
        held.meters().waiting(sources::isAwaited);
        ClaimingStage first = claiming.of(flow, sources, held, middle);
        return new FlowRunner(flow, first, middle, last, sources, held);
    }
}
