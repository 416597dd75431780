package io.rpaworker.maintenance;

import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.RunSettings;
import io.rpaworker.queue.run.RunTicks;
import io.rpaworker.queue.run.RunTicks.Ticked;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<String, String> others = new HashMap<>();

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
        boolean more = false;
        RuntimeException failure = null;
        for (Flow<?, ?> it : scheduled()) {
            // What one flow fails on is no other's.
            try {
                more |= start(it.name(), it.settings().run());
            } catch (RuntimeException e) {
                log.debug("No tick of flow {} is started for now", it.name(), e);
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return more;
    }

    private List<Flow<?, ?>> scheduled() {
        return flows.distributed().stream()
                .filter(it -> flows.hasRuns(it.name()) && it.settings().run().isScheduled())
                .toList();
    }

    private boolean start(String flow, RunSettings settings) {
        if (!known.contains(flow)) {
            ticks.know(flow, settings);
            known.add(flow);
        }
        tellOfOther(flow, settings);
        Optional<Ticked> ticked = ticks.start(flow, settings);
        ticked.ifPresent(it -> tell(flow, it));
        return ticked.map(Ticked::more).orElse(false);
    }

    // As it is while a new configuration is rolled out; if it stays so, two of them are in use.
    private void tellOfOther(String flow, RunSettings settings) {
        String other = ticks.otherThan(flow, settings).orElse(null);
        if (other == null) {
            others.remove(flow);
        } else if (!other.equals(others.put(flow, other))) {
            log.warn(
                    "Runs of flow {} are not started by this replica's schedule, {}, but by that of one that started"
                            + " later, {}",
                    flow,
                    settings.scheduleText(),
                    other);
        }
    }

    private static void tell(String flow, Ticked ticked) {
        ticked.started().forEach(it -> log.info("Run {} of flow {} is started by its schedule", it, flow));
        if (ticked.missed() > 0) {
            log.warn("{} ticks of flow {} were left out; of the last one: {}", ticked.missed(), flow, ticked.reason());
        }
    }
}
