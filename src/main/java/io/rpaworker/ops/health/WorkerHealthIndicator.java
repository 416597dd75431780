package io.rpaworker.ops.health;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.condition.Hanging;
import io.rpaworker.control.Orders;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.FlowOwners;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.Worker;
import io.rpaworker.worker.WorkerProperties;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Whether this replica processes records as it should. What keeps it from doing so is DEGRADED and says why. */
@Component
class WorkerHealthIndicator implements HealthIndicator {

    /** Works, but not as it should. */
    static final Status DEGRADED = new Status("DEGRADED");

    private static final int MOST_NAMED = 3;
    private static final int MOST_RECORDS = 10;

    private final InstantSource clock = InstantSource.system();
    private final Worker worker;
    private final FlowRegistry registry;
    private final Heartbeat heartbeat;
    private final CircuitBreakers breakers;
    private final CommonProblems common;
    private final WorkerProperties properties;

    WorkerHealthIndicator(
            Worker worker,
            FlowRegistry registry,
            Heartbeat heartbeat,
            CircuitBreakers breakers,
            CommonProblems common,
            WorkerProperties properties) {
        this.worker = worker;
        this.registry = registry;
        this.heartbeat = heartbeat;
        this.breakers = breakers;
        this.common = common;
        this.properties = properties;
    }

    @Override
    public Health health() {
        if (!properties.enabled()) {
            return Health.up()
                    .withDetail("enabled", false)
                    .withDetail("host", heartbeat.host())
                    .build();
        }
        Optional<WorkerInstance> replica = heartbeat.instance();
        List<FlowState> flows = worker.flows();
        Map<String, String> unavailable = breakers.unavailable();
        List<String> problems = problems(flows, unavailable);
        if (replica.isEmpty()) {
            problems.addFirst(heartbeat
                    .problem()
                    .map(it -> "The lease is not held, and nothing is claimed: " + it)
                    .orElse("The lease is not held: nothing is claimed"));
        }
        problems.addAll(common.current());
        Health.Builder health =
                problems.isEmpty() ? Health.up() : Health.status(DEGRADED).withDetail("problems", problems);
        replica.ifPresent(it -> health.withDetail("instance_id", it.id()));
        return health.withDetail("host", heartbeat.host())
                .withDetail("lease_held", replica.isPresent())
                .withDetail("heartbeat_lag_ms", heartbeat.heartbeatLag().toMillis())
                .withDetail("wake_up", worker.wakeUps().name().toLowerCase(Locale.ROOT))
                .withDetail("slots", sum(flows, FlowState::slots))
                .withDetail("slots_busy", sum(flows, FlowState::busy))
                .withDetail("slots_stuck", sum(flows, FlowState::stuck))
                .withDetail("unavailable_sources", unavailable)
                .withDetail("paused_flows", paused(flows))
                .withDetail("flows", byName(flows))
                .build();
    }

    private static List<String> problems(List<FlowState> flows, Map<String, String> unavailable) {
        var problems = new ArrayList<String>();
        unavailable.keySet().forEach(it -> problems.add("Flows wait for source " + it));
        flows.stream()
                .filter(it -> it.stuck() > 0)
                .forEach(it -> problems.add("%d of %d slots of flow %s are stuck: their calls ignore the interrupt (%s)"
                        .formatted(it.stuck(), it.slots(), it.flow(), stuck(it))));
        flows.forEach(it -> problems.addAll(it.problems()));
        return problems;
    }

    private static String stuck(FlowState flow) {
        return flow.hanging().stream()
                .filter(Hanging::stuck)
                .limit(MOST_NAMED)
                .map(Hanging::text)
                .collect(Collectors.joining("; "));
    }

    // To the second: what is shown of it is for people.
    private Map<String, Object> details(Hanging call) {
        var details = new LinkedHashMap<String, Object>();
        details.put("records", call.records().stream().limit(MOST_RECORDS).toList());
        details.put("attempt", call.attempt());
        details.put("since", clock.instant().minus(call.runningFor()).truncatedTo(ChronoUnit.SECONDS));
        details.put("running_for", DurationText.of(call.runningFor()));
        details.put("stuck", call.stuck());
        return details;
    }

    // Of this replica's flows, and not by whom: health is for anybody. It is no problem: somebody wants it so.
    private List<String> paused(List<FlowState> flows) {
        Orders orders = worker.orders();
        return flows.stream()
                .map(FlowState::flow)
                .filter(it -> orders.pauseOf(it, FlowOwners.of(registry, it)).isPresent())
                .toList();
    }

    private static int sum(List<FlowState> flows, ToIntFunction<FlowState> count) {
        return flows.stream().mapToInt(count).sum();
    }

    private Map<String, Object> byName(List<FlowState> flows) {
        var byName = new LinkedHashMap<String, Object>();
        for (FlowState flow : flows) {
            var details = new LinkedHashMap<String, Object>();
            details.put("handler", flow.handledBy());
            details.put("slots", flow.slots());
            details.put("slots_busy", flow.busy());
            details.put("slots_stuck", flow.stuck());
            details.put("last_poll_ms", flow.sinceLastPoll().toMillis());
            if (!flow.hanging().isEmpty()) {
                details.put(
                        "hanging", flow.hanging().stream().map(this::details).toList());
            }
            byName.put(flow.flow(), details);
        }
        return byName;
    }
}
