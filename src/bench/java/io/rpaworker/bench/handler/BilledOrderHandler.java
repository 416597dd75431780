package io.rpaworker.bench.handler;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.springframework.stereotype.Component;

/** Keeps a result for each record. */
@Component
public class BilledOrderHandler implements RecordHandler<Order, Bill> {

    BilledOrderHandler() {}

    @Override
    public String flow() {
        return "billed_orders";
    }

    @Override
    public Outcome<Bill> handle(WorkRecord<Order> record) {
        Progress.handled(record.payload().id());
        return Outcome.completed(Bill.of(record.payload()));
    }
}
