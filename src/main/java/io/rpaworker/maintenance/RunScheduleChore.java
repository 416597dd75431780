package io.rpaworker.maintenance;

import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.RunSettings;
import io.rpaworker.queue.run.RunTicks;
import io.rpaworker.queue.run.RunTicks.Ticked;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Starts runs by the schedules of the flows that this replica runs. Every replica looks, since the leader may run
 * others; a tick is started once nevertheless.
 */
@Component
@Order(20) // by the clock
class RunScheduleChore implements Chore {

    private static final Logger log = LoggerFactory.getLogger(RunScheduleChore.class);

    private final RunTicks ticks;
    private final FlowRegistry flows;
    private final MaintenanceProperties properties;
    private final Set<String> known = new HashSet<>();

    RunScheduleChore(RunTicks ticks, FlowRegistry flows, MaintenanceProperties properties) {
        this.ticks = ticks;
        this.flows = flows;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return properties.retryInterval();
    }

    @Override
    public boolean runOnce() {
        scheduled().forEach(it -> start(it.name(), it.settings().run()));
        return false;
    }

    private List<Flow<?, ?>> scheduled() {
        return flows.distributed().stream()
                .filter(it -> !it.beside() && it.settings().run().schedule() != null)
                .toList();
    }

    private void start(String flow, RunSettings settings) {
        if (!known.contains(flow)) {
            ticks.know(flow, settings);
            known.add(flow);
        }
        ticks.start(flow, settings).ifPresent(it -> tell(flow, it));
    }

    private static void tell(String flow, Ticked ticked) {
        ticked.started().forEach(it -> log.info("Run {} of flow {} is started by its schedule", it, flow));
        if (ticked.missed() > 0) {
            log.warn("{} ticks of flow {} were left out; of the last one: {}", ticked.missed(), flow, ticked.reason());
        }
    }
}
