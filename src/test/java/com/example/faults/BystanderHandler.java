package com.example.faults;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.springframework.stereotype.Component;

/** A flow that must not suffer from what its neighbour does. */
@Component
public class BystanderHandler implements RecordHandler<Task, Integer> {

    /** Needs nothing. */
    public BystanderHandler() {}

    @Override
    public String flow() {
        return "bystander";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Task> record) throws InterruptedException {
        Thread.sleep(record.payload().millis());
        return Outcome.completed(record.payload().n());
    }
}
