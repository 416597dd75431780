package io.rpaworker.ops.story;

import io.rpaworker.control.Orders;
import io.rpaworker.flow.FlowSettings;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.Hindrances.Hindrance;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a record's flow meets at this moment.
 *
 * @param owner the flow that it belongs to, whose pause holds for it; the same for most
 * @param host this replica's
 * @param here what this replica does about it
 * @param settings by which this replica processes it; null if it does not
 * @param live who handles what, over all replicas
 * @param underWay how many of its records are claimed and not settled
 * @param hindrances of the flow, on all live replicas
 * @param orders what operators have ordered
 */
record FlowSituation(
        String flow,
        String owner,
        String host,
        Here here,
        @Nullable FlowSettings settings,
        List<LiveHandler> live,
        int underWay,
        List<Hindrance> hindrances,
        Orders orders) {

    /** What this replica does about a flow. */
    enum Here {
        PROCESSED,
        STANDARD,
        NOT_ENABLED,
        NO_HANDLER
    }

    /** How many live replicas process it. */
    long replicas() {
        return live.stream().filter(it -> flow.equals(it.flow())).count();
    }

    /** Whether it is known that no live replica does; one of an old release that does not say may. */
    boolean isUnhandled() {
        return replicas() == 0 && live.stream().noneMatch(it -> it.flow() == null);
    }

    /** The flows that live replicas process. */
    Set<String> handled() {
        return live.stream()
                .map(LiveHandler::flow)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
