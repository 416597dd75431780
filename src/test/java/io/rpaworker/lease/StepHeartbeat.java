package io.rpaworker.lease;

import io.rpaworker.loop.Loops;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** The real heartbeat, sent by hand; its process never loses its trust by its own clock, which stands still. */
public final class StepHeartbeat {

    private static final LeaseProperties PROPERTIES =
            new LeaseProperties(Duration.ofSeconds(30), Duration.ofSeconds(10));

    private StepHeartbeat() {}

    /**
     * Not sent yet.
     *
     * @param identities gives a new one each time that a lease begins
     */
    public static Heartbeat of(WorkerInstances instances, String host, Supplier<WorkerInstance> identities) {
        var named = new Identities() {
            @Override
            public String host() {
                return host;
            }

            @Override
            public WorkerInstance next() {
                return identities.get();
            }
        };
        return new Heartbeat(instances, PROPERTIES, Map.of(), named, () -> 0, new Loops());
    }
}
