package io.rpaworker.ops.health;

import io.rpaworker.loop.Loops;
import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Part of liveness: whether this process has come to a halt that only a restart ends. One flow whose handler hangs is
 * no reason to restart the others, unless its settings say so; all of them are. Loops that come round and fail, because
 * a database does not answer, are alive; those that records can do without are shown, and restart nobody.
 */
@Component
class StuckHealthIndicator implements HealthIndicator {

    private final Worker worker;
    private final Loops loops;
    private final MonitoringProperties properties;

    StuckHealthIndicator(Worker worker, Loops loops, MonitoringProperties properties) {
        this.worker = worker;
        this.loops = loops;
        this.properties = properties;
    }

    @Override
    public Health health() {
        List<String> problems = problems(worker.flows(), properties.stalledAfter());
        problems.addAll(loops.vitalProblems(properties.stalledAfter()));
        Health.Builder health = problems.isEmpty() ? Health.up() : Health.down().withDetail("problems", problems);
        return health.withDetail("loops_came_round", cameRound()).build();
    }

    private Map<String, String> cameRound() {
        var texts = new TreeMap<String, String>();
        loops.sinceLastRound().forEach((loop, since) -> texts.put(loop, DurationText.of(since) + " ago"));
        return texts;
    }

    static List<String> problems(List<FlowState> flows, Duration stalledAfter) {
        var problems = new ArrayList<String>();
        flows.stream()
                .filter(it -> isStuck(it, stalledAfter) && (it.restartWhenStuck() || flows.size() == 1))
                .forEach(it -> problems.add(text(it)));
        if (flows.size() > 1 && flows.stream().allMatch(it -> isStuck(it, stalledAfter))) {
            problems.add("All slots of all %d flows are stuck".formatted(flows.size()));
        }
        return problems;
    }

    private static boolean isStuck(FlowState flow, Duration stalledAfter) {
        return flow.isAllStuck() || flow.lentFor().compareTo(stalledAfter) > 0;
    }

    private static String text(FlowState flow) {
        return flow.isAllStuck()
                ? "All %d slots of flow %s are stuck".formatted(flow.slots(), flow.flow())
                : "A write, a probe or a rule of flow %s has gone on for %s"
                        .formatted(flow.flow(), DurationText.of(flow.lentFor()));
    }
}
