package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.control.FlowPause;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.fleet.FlowSightings;
import io.rpaworker.queue.LimitedClaims;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Pauses, drains and resumes flows, for all replicas. */
@Component
public class FlowActions {

    private static final int WAIT_SECONDS = 20;
    private static final int MOST_SECONDS = 60;
    // A claim whose statement began before the pause was committed is there a moment later.
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Acting acting;
    private final StandingOrders orders;
    private final FlowSightings flows;
    private final LimitedClaims claims;

    FlowActions(Acting acting, StandingOrders orders, FlowSightings flows, LimitedClaims claims) {
        this.acting = acting;
        this.orders = orders;
        this.flows = flows;
        this.claims = claims;
    }

    /**
     * Carries out an order. Nothing of a paused flow is claimed once this returns; within two seconds what is claimed
     * and has not begun is released, and what runs finishes. A drain is a pause that waits for that.
     *
     * @throws Problem if it makes no sense, if nobody knows the flow, or if rpa_db does not answer
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
            return acting.act(() ->
                    FlowOrder.Done.of(flow, action, orders.resume(flow, actor), null, claims.underWay(flow), null));
        }
        flows.look(flow);
        acting.act(() -> pause(flow, until, actor));
        Boolean drained = action.equals("drain") ? drain(flow, wait) : null;
        return acting.act(() -> {
            FlowPause pause = orders.pauseOf(flow).orElse(null);
            // Whoever has resumed it meanwhile, or its time, has let it go on.
            Boolean stillDrained = drained == null ? null : Boolean.valueOf(drained && pause != null);
            return FlowOrder.Done.of(flow, action, true, pause, claims.underWay(flow), stillDrained);
        });
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

    // Between two looks it keeps nobody else's order waiting.
    private boolean drain(String flow, Duration wait) {
        long began = System.nanoTime();
        long emptySince = -1;
        while (true) {
            boolean empty = acting.act(() -> claims.underWay(flow)) == 0;
            long now = System.nanoTime() - began;
            if (!empty) {
                emptySince = -1;
            } else if (emptySince < 0) {
                emptySince = now;
            } else if (now - emptySince >= SETTLED.toNanos()) {
                return true;
            }
            if ((now >= wait.toNanos() && !empty) || now >= wait.plus(SETTLED).toNanos()) {
                return false;
            }
            pauseFor(LOOK);
        }
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
