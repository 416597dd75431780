package io.rpaworker.ops.fleet;

import io.rpaworker.control.Orders;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.Hindrances.Hindrance;
import io.rpaworker.ops.KnownFlows;
import io.rpaworker.ops.Questions;
import io.rpaworker.queue.counts.QueueCounts;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Looks where flows are: on live replicas, in records, and in operators' orders. */
@Component
public class FlowSightings {

    private static final int MOST = 1_000;

    private final Questions questions;
    private final LiveHandlers handlers;
    private final QueueCounts counts;
    private final KnownFlows known;
    private final StandingOrders orders;
    private final Hindrances hindrances;

    FlowSightings(
            Questions questions,
            LiveHandlers handlers,
            QueueCounts counts,
            KnownFlows known,
            StandingOrders orders,
            Hindrances hindrances) {
        this.questions = questions;
        this.handlers = handlers;
        this.counts = counts;
        this.known = known;
        this.orders = orders;
        this.hindrances = hindrances;
    }

    /**
     * What was seen.
     *
     * @param names of all flows that somebody knows
     * @param live what live replicas process
     * @param withRecords the first thousand that have records, and the one that was asked for
     * @param orders who has paused flows
     * @param hindrances of all flows, on all live replicas
     * @param more whether there may be more that have
     */
    public record Seen(
            SortedSet<String> names,
            List<LiveHandler> live,
            Set<String> withRecords,
            Orders orders,
            List<Hindrance> hindrances,
            boolean more) {}

    /**
     * Looks once.
     *
     * @param flow one that is looked for by its name; null for none in particular
     * @throws io.rpaworker.ops.Problem if rpa_db does not answer, or if nobody knows the flow
     */
    public Seen look(@Nullable String flow) {
        Seen seen = questions.ask(() -> {
            List<LiveHandler> live = handlers.find();
            var withRecords = new TreeSet<>(counts.flows(MOST));
            boolean more = withRecords.size() == MOST;
            if (flow != null && counts.anyOf(flow)) {
                withRecords.add(flow);
            }
            Orders inForce = orders.read();
            SortedSet<String> names = known.with(live, withRecords);
            names.addAll(inForce.pauses().keySet());
            return new Seen(names, live, withRecords, inForce, hindrances.everywhere(), more);
        });
        if (flow != null) {
            KnownFlows.require(flow, seen.names());
        }
        return seen;
    }
}
