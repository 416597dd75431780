package io.rpaworker.bench.handler;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/** Reads orders from another PostgreSQL, each page after the last order of the one before. */
@Component
public class RunOrderSource implements RecordSource<AskedOrders> {

    private static final String PAGE = """
            select id, customer, amount, note
            from orders
            where id > ?
            order by id
            fetch first ? rows only
            """;

    private final JdbcTemplate orders;

    // Connects with the first page: there is nothing to connect to where no run is measured.
    RunOrderSource(@Value("${rpa.handler.bench.source:}") String url) {
        this.orders = new JdbcTemplate(new SingleConnectionDataSource(url, "postgres", "", true));
    }

    private record Found(long id, String payload) {}

    @Override
    public String flow() {
        return RunOrderHandler.FLOW;
    }

    @Override
    public Page page(RunContext<AskedOrders> run, @Nullable String cursor, int size) {
        long after = cursor == null ? run.parameters().after() : Long.parseLong(cursor);
        List<Found> found = orders.query(
                PAGE,
                (row, rowNumber) -> new Found(
                        row.getLong(1),
                        "{\"id\": " + row.getLong(1) + ", \"flow\": \"orders\", \"customer\": \"" + row.getString(2)
                                + "\", \"amount\": " + row.getString(3) + ", \"note\": \"" + row.getString(4) + "\"}"),
                after,
                size);
        List<NewRecord> records = found.stream()
                .map(it -> NewRecord.of(it.payload(), Long.toString(it.id())))
                .toList();
        return found.size() < size
                ? Page.last(records)
                : Page.of(records, Long.toString(found.getLast().id()));
    }
}
