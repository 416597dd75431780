package io.rpaworker.ops.fleet;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.SettingsInForce;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.fleet.FlowOverview.Value;
import io.rpaworker.ops.fleet.FlowOverview.Waiting;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.text.Nearest;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says which flows there are, who processes them, and by which settings this replica does. */
@Component
public class FlowOverviews {

    private static final int MOST = 1_000;

    private final Questions questions;
    private final FlowRegistry flows;
    private final SettingsInForce settings;
    private final LiveHandlers handlers;
    private final QueueCounts counts;
    private final CircuitBreakers breakers;

    FlowOverviews(
            Questions questions,
            FlowRegistry flows,
            SettingsInForce settings,
            LiveHandlers handlers,
            QueueCounts counts,
            CircuitBreakers breakers) {
        this.questions = questions;
        this.flows = flows;
        this.settings = settings;
        this.handlers = handlers;
        this.counts = counts;
        this.breakers = breakers;
    }

    private record Seen(List<LiveHandler> live, List<String> withRecords) {

        TreeSet<String> flows() {
            var flows = new TreeSet<>(withRecords);
            live.stream().map(LiveHandler::flow).filter(Objects::nonNull).forEach(flows::add);
            return flows;
        }
    }

    /**
     * Every flow that has a handler here or on a live replica, and the first thousand that have records.
     *
     * @throws Problem if rpa_db does not answer
     */
    public FlowOverview.All all() {
        Seen seen = see();
        TreeSet<String> names = seen.flows();
        names.addAll(flows.known());
        return new FlowOverview.All(
                names.stream().map(it -> overview(it, seen)).toList(),
                seen.withRecords().size() == MOST);
    }

    /**
     * One of them.
     *
     * @throws Problem if there is none of this name, or if rpa_db does not answer
     */
    public FlowOverview one(String flow) {
        String name = Parameters.needed("flow", flow);
        Seen seen = see();
        TreeSet<String> names = seen.flows();
        names.addAll(flows.known());
        if (!names.contains(name)) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            names.isEmpty()
                                    ? "There is no flow %s".formatted(name)
                                    : "There is no flow %s; the nearest name is %s"
                                            .formatted(name, Nearest.to(name, names)))
                    .with("flow_name", name);
        }
        return overview(name, seen);
    }

    private Seen see() {
        return questions.ask(() -> new Seen(handlers.find(), counts.flows(MOST)));
    }

    private FlowOverview overview(String flow, Seen seen) {
        SortedMap<String, Value> values = flows.known().contains(flow) ? values(flow) : null;
        return new FlowOverview(
                flow,
                values == null ? null : flows.enabled().contains(flow),
                values == null ? null : mode(values.get("mode")),
                flows.handlers().get(flow),
                seen.live().stream().filter(it -> flow.equals(it.flow())).count(),
                seen.withRecords().contains(flow),
                waitsFor(flow),
                values);
    }

    private static @Nullable String mode(@Nullable Value mode) {
        return mode == null ? null : String.valueOf(mode.value());
    }

    private SortedMap<String, Value> values(String flow) {
        var values = new TreeMap<String, Value>();
        settings.of(flow).forEach(it -> values.put(it.key(), new Value(it.value(), it.seconds(), it.origin())));
        return values;
    }

    // Why is left out: a source's own words may quote what they are about.
    private List<Waiting> waitsFor(String flow) {
        return flows.distributed().stream()
                .filter(it -> it.name().equals(flow))
                .map(Flow::sources)
                .flatMap(it -> breakers.awaitedBy(flow, it).stream())
                .map(it -> new Waiting(it.source(), it.waiting().toMillis() / 1_000.0))
                .toList();
    }
}
