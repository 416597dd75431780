package com.example.rival;

import com.example.ledger.Entry;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.springframework.stereotype.Component;

/** Claims the ledger's flow for itself. */
@Component
public class RivalHandler implements RecordHandler<Entry, Integer> {

    /** Needs nothing. */
    public RivalHandler() {}

    @Override
    public String flow() {
        return "ledger";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Entry> record) {
        return Outcome.completed(-1);
    }
}
