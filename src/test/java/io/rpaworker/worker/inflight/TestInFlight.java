package io.rpaworker.worker.inflight;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.Flow;
import io.rpaworker.history.Tallies;
import io.rpaworker.testing.QueueParts;
import java.time.Duration;

/** What a flow holds, of flows that no application has. */
public final class TestInFlight {

    private TestInFlight() {}

    /** Nothing yet. */
    public static InFlight of(QueueParts queue, Flow<?, ?> flow, MeterRegistry registry) {
        return of(queue, flow, registry, TimeAndChance.REAL);
    }

    /** Nothing yet, and with what time and chance the test says. */
    public static InFlight of(QueueParts queue, Flow<?, ?> flow, MeterRegistry registry, TimeAndChance time) {
        var bounds = new ClaimBounds(16_000_000, Duration.ofSeconds(2));
        return new InFlight.Factory(queue.bookedClaims(), queue.releases(), bounds, registry, new Tallies(), time)
                .of(flow);
    }

    /** The same with other meters. */
    public static InFlight measuredBy(MeterRegistry registry, InFlight held) {
        return new InFlight(
                held.flow(),
                held.claims(),
                held.cleanup(),
                held.bounds(),
                new FlowMeters(registry, new Tallies().of(held.flow()), held.flow()),
                held.time());
    }
}
