package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.control.FlowPause;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.lease.KnownInstances;
import io.rpaworker.lease.KnownInstances.KnownInstance;
import io.rpaworker.lease.KnownInstances.State;
import io.rpaworker.ops.FlowOwners;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.fleet.FlowSightings;
import io.rpaworker.ops.fleet.FlowSightings.Seen;
import io.rpaworker.queue.LimitedClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Pauses, drains and resumes flows, for all replicas. */
@Component
public class FlowActions {

    private static final int WAIT_SECONDS = 20;
    private static final int MOST_SECONDS = 60;
    private static final int MOST_REPLICAS = 1_000;
    // Replicas look for orders each second.
    private static final Duration HEARD = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Acting acting;
    private final StandingOrders orders;
    private final FlowSightings flows;
    private final LimitedClaims claims;
    private final KnownInstances instances;
    private final FlowRegistry registry;

    FlowActions(
            Acting acting,
            StandingOrders orders,
            FlowSightings flows,
            LimitedClaims claims,
            KnownInstances instances,
            FlowRegistry registry) {
        this.acting = acting;
        this.orders = orders;
        this.flows = flows;
        this.registry = registry;
        this.claims = claims;
        this.instances = instances;
    }

    /**
     * Carries out an order. Nothing of a paused flow, or of those beside it, is claimed once this returns; within two
     * seconds what is claimed and has not begun is released, and what runs finishes. A drain is a pause that waits for
     * that.
     *
     * @throws Problem if it makes no sense, if nobody knows the flow, if it is one beside another, which is to be
     *     paused, or if rpa_db does not answer
     */
    public FlowOrder.Done carryOut(FlowOrder order, Operator operator) {
        String action = Parameters.oneOf("action", order.action(), "pause", "resume", "drain");
        String flow = Parameters.needed("flow", order.flow());
        Actor actor = operator.giving(order.reason());
        Instant until = Parameters.moment("until", order.until());
        Duration wait = wait(action, order.waitSeconds());
        if (action.equals("resume") && until != null) {
            throw Parameters.invalid("until", "Parameter until is for a pause; a flow is resumed now");
        }
        if (action.equals("resume")) {
            return acting.act(() -> FlowOrder.Done.of(flow, action, orders.resume(flow, actor), null, underWay(flow)));
        }
        refuseBeside(flow, flows.look(flow));
        acting.act(() -> pause(flow, until, actor));
        if (action.equals("drain")) {
            return drain(flow, wait);
        }
        return acting.act(() -> paused(flow, action).done());
    }

    // One that somebody has paused in SQL is resumed all the same.
    private void refuseBeside(String flow, Seen seen) {
        String owner = FlowOwners.of(registry, flow);
        if (!owner.equals(flow) && seen.names().contains(owner)) {
            throw Parameters.invalid(
                            "flow",
                            "Flow %s is beside flow %s, for its runs, and is paused with it: pause %s"
                                    .formatted(flow, owner, owner))
                    .with("flow_name", flow);
        }
    }

    private int underWay(String flow) {
        return FlowOwners.with(registry, flow).stream()
                .mapToInt(claims::underWay)
                .sum();
    }

    private static Duration wait(String action, @Nullable Integer seconds) {
        if (seconds == null) {
            return Duration.ofSeconds(WAIT_SECONDS);
        }
        if (!action.equals("drain")) {
            throw Parameters.invalid("wait_seconds", "Parameter wait_seconds is for a drain");
        }
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw Parameters.invalid("wait_seconds", "Parameter wait_seconds is from 0 to %d".formatted(MOST_SECONDS));
        }
        return Duration.ofSeconds(seconds);
    }

    private boolean pause(String flow, @Nullable Instant until, Actor actor) {
        if (until != null && !orders.isFuture(until)) {
            throw Parameters.invalid("until", "Parameter until is a time that has passed, by rpa_db's clock");
        }
        orders.pause(flow, until, actor);
        return true;
    }

    private record Look(
            String flow, String action, @Nullable FlowPause pause, int inFlight, List<String> disobeying) {

        boolean isDrained() {
            return pause != null && inFlight == 0 && disobeying.isEmpty();
        }

        FlowOrder.Done done() {
            return FlowOrder.Done.of(flow, action, true, pause, inFlight);
        }

        FlowOrder.Done drained() {
            return done().drained(isDrained(), disobeying);
        }
    }

    // Between two looks it keeps nobody else's order waiting.
    private FlowOrder.Done drain(String flow, Duration wait) {
        long began = System.nanoTime();
        while (true) {
            Look look = acting.act(() -> paused(flow, "drain"));
            // Whoever has resumed it meanwhile, or its time, has let it go on.
            Duration patience = look.inFlight() == 0 ? wait.plus(HEARD) : wait;
            if (look.isDrained() || look.pause() == null || System.nanoTime() - began >= patience.toNanos()) {
                return look.drained();
            }
            pauseFor(LOOK);
        }
    }

    // First who obeys: what is claimed before somebody does is counted then.
    private Look paused(String flow, String action) {
        FlowPause pause = orders.pauseOf(flow).orElse(null);
        List<String> disobeying = pause == null ? List.of() : disobeying(pause);
        return new Look(flow, action, pause, underWay(flow), disobeying);
    }

    private List<String> disobeying(FlowPause pause) {
        List<String> held = FlowOwners.with(registry, pause.flow());
        return instances.recent(MOST_REPLICAS).stream()
                .filter(it -> it.state() == State.LIVE
                        && held.stream().anyMatch(flow -> mayProcess(it, flow) && !obeys(it, flow, pause)))
                .map(KnownInstance::id)
                .toList();
    }

    // One of an old release that does not say may.
    private static boolean mayProcess(KnownInstance replica, String flow) {
        return replica.handlers() == null || replica.handlers().containsKey(flow);
    }

    private static boolean obeys(KnownInstance replica, String flow, FlowPause pause) {
        return replica.conditions() != null
                && replica.conditions().stream()
                        .anyMatch(it -> it.flow().equals(flow) && pause.since().equals(it.obeys()));
    }

    private static void pauseFor(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Kind.UNAVAILABLE, "The worker stops; the flow stays paused");
        }
    }
}
