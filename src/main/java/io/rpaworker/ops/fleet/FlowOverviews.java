package io.rpaworker.ops.fleet;

import io.rpaworker.control.FlowPause;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.SettingsInForce;
import io.rpaworker.ops.FlowOwners;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.fleet.FlowOverview.Pause;
import io.rpaworker.ops.fleet.FlowOverview.Value;
import io.rpaworker.ops.fleet.FlowOverview.Waiting;
import io.rpaworker.ops.fleet.FlowSightings.Seen;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says which flows there are, who processes them, and by which settings this replica does. */
@Component
public class FlowOverviews {

    private final FlowSightings sightings;
    private final FlowRegistry flows;
    private final SettingsInForce settings;

    FlowOverviews(FlowSightings sightings, FlowRegistry flows, SettingsInForce settings) {
        this.sightings = sightings;
        this.flows = flows;
        this.settings = settings;
    }

    /**
     * Every flow of the configuration and of live replicas, and the first thousand that have records.
     *
     * @throws io.rpaworker.ops.Problem if rpa_db does not answer
     */
    public FlowOverview.All all() {
        Seen seen = sightings.look(null);
        return new FlowOverview.All(
                seen.names().stream().map(it -> overview(it, seen)).toList(), seen.more());
    }

    /**
     * One of them.
     *
     * @throws io.rpaworker.ops.Problem if there is none of this name, or if rpa_db does not answer
     */
    public FlowOverview one(String flow) {
        String name = Parameters.needed("flow", flow);
        return overview(name, sightings.look(name));
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
                paused(seen.orders().pauseOf(flow, FlowOwners.of(flows, flow)).orElse(null)),
                waitsFor(flow, seen),
                values);
    }

    private static @Nullable Pause paused(@Nullable FlowPause pause) {
        return pause == null ? null : new Pause(pause.since(), pause.until());
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
    private static List<Waiting> waitsFor(String flow, Seen seen) {
        return seen.hindrances().stream()
                .filter(it -> it.flow().equals(flow))
                .flatMap(it -> it.condition().awaited().stream()
                        .map(awaited -> new Waiting(
                                it.host(), awaited.source(), awaited.waiting().toMillis() / 1_000.0)))
                .toList();
    }
}
