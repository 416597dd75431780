package io.rpaworker.worker;

import io.rpaworker.condition.Conditions;
import io.rpaworker.control.Orders;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.order.Cancellations;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads what operators have ordered, each second, has this replica's flows obey, and tells others what hinders them.
 * While rpa_db does not answer, the last orders stay in force; claims ask rpa_db for pauses themselves.
 */
@Component
class OrderWatch implements SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(OrderWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final StandingOrders orders;
    private final Cancellations cancellations;
    private final Worker worker;
    private final Heartbeat heartbeat;
    private final Conditions conditions;
    private final Loop loop;

    OrderWatch(
            StandingOrders orders,
            Cancellations cancellations,
            Worker worker,
            Heartbeat heartbeat,
            Conditions conditions,
            Loops loops) {
        this.orders = orders;
        this.cancellations = cancellations;
        this.worker = worker;
        this.heartbeat = heartbeat;
        this.conditions = conditions;
        this.loop = loops.of(
                Role.of("orders", "Looks for operators' orders").restingAfterFailure(INTERVAL), this::comeRound);
    }

    @Override
    public void start() {
        if (worker.isEnabled()) {
            loop.start();
        }
    }

    // A replica that drains obeys, and tells what hinders it, as long as it holds its lease: Spring stops this before
    // the
    // worker, which it depends on.
    @Override
    public void stop() {}

    @Override
    public void destroy() {
        if (loop.isRunning()) {
            loop.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private Duration comeRound() {
        Orders current = orders.read();
        worker.obey(current);
        if (!current.cancellations().isEmpty()) {
            int cancelled = cancellations.carryOut();
            if (cancelled > 0) {
                log.info("{} records that were under way when they were cancelled are dead letters now", cancelled);
            }
        }
        heartbeat.instance().ifPresent(it -> conditions.tell(it.id(), worker.conditions()));
        return INTERVAL;
    }
}
