package io.rpaworker.bench.handler;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Does nothing. */
@Component
public class OrderHandler implements RecordHandler<Order, @Nullable Void> {

    OrderHandler() {}

    @Override
    public String flow() {
        return "orders";
    }

    @Override
    public Outcome<@Nullable Void> handle(WorkRecord<Order> record) {
        Progress.handled(record.payload().id());
        return Outcome.completed(null);
    }
}
