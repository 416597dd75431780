package io.rpaworker.bench.handler;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes one row for each record and keeps a result for it. */
@Component
public class WrittenBilledOrderHandler implements RecordHandler<Order, Bill> {

    private final JdbcTemplate jdbc;

    WrittenBilledOrderHandler(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "written_billed_orders";
    }

    @Override
    public Outcome<Bill> handle(WorkRecord<Order> record) {
        Progress.handled(record.payload().id());
        return Outcome.completed(Bill.of(record.payload()));
    }

    @Override
    public void write(List<Handled<Order, Bill>> chunk) {
        Rows.insert(jdbc, chunk);
    }
}
