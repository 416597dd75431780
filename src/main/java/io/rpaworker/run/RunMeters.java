package io.rpaworker.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.rpaworker.queue.run.RunState;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** How long runs took that this replica has ended. */
@Component
public class RunMeters {

    private final MeterRegistry registry;

    RunMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Notes a run that has ended, once that is committed.
     *
     * @param outcome in which of the four ways
     * @param took from the beginning of its discovery, by PostgreSQL's clock; one that never began is not to be noted
     */
    public void ended(String flow, RunState outcome, Duration took) {
        Timer.builder("rpa.run.duration")
                .description("From the beginning of a run's discovery to its end")
                .tag("flow", flow)
                .tag("outcome", outcome.column())
                .register(registry)
                .record(took);
    }
}
