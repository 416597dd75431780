package io.rpaworker.bench.handler;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes one row for each record, in a flow that has runs. */
@Component
public class RunOrderHandler implements RecordHandler<Order, @Nullable Void> {

    static final String FLOW = "run_orders";

    private final JdbcTemplate jdbc;

    RunOrderHandler(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return FLOW;
    }

    @Override
    public Outcome<@Nullable Void> handle(WorkRecord<Order> record) {
        Progress.handled(record.payload().id());
        return Outcome.completed(null);
    }

    @Override
    public void write(List<Handled<Order, @Nullable Void>> chunk) {
        Rows.insert(jdbc, chunk);
    }
}
