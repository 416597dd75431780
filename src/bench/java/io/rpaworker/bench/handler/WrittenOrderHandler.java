package io.rpaworker.bench.handler;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes one row for each record. */
@Component
public class WrittenOrderHandler implements RecordHandler<Order, @Nullable Void> {

    private final JdbcTemplate jdbc;

    WrittenOrderHandler(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "written_orders";
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
