package io.rpaworker.bench.handler;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells when a record has arrived. */
@Component
public class TimedOrderHandler implements RecordHandler<Order, @Nullable Void> {

    TimedOrderHandler() {}

    @Override
    public String flow() {
        return "timed_orders";
    }

    @Override
    public Outcome<@Nullable Void> handle(WorkRecord<Order> record) {
        Progress.arrived(record.payload().id());
        return Outcome.completed(null);
    }
}
