package com.example.nightly;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds numbered records, page by page. */
@Component
public class NightlySource implements RecordSource<Night> {

    private final Gates gates;

    /** Asks with the worker's own client. */
    public NightlySource(ObjectProvider<JdbcClient> jdbc) {
        this.gates = new Gates(jdbc);
    }

    @Override
    public String flow() {
        return "nightly";
    }

    @Override
    public Page page(RunContext<Night> run, @Nullable String cursor, int size) {
        gates.pass(cursor == null ? "first page read" : "page read");
        int from = cursor == null ? 1 : Integer.parseInt(cursor);
        int last = Math.min(run.parameters().records(), from + size - 1);
        List<NewRecord> records = IntStream.rangeClosed(from, last)
                .mapToObj(n -> NewRecord.of("{\"n\": %d}".formatted(n), "item-" + n))
                .toList();
        return new Page(records, last < run.parameters().records() ? String.valueOf(last + 1) : null);
    }
}
