package io.rpaworker.bench.handler;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunSummary;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes one row for each run. */
@Component
public class RunOrdersEnd implements RunCompletion<AskedOrders, Long> {

    private final JdbcTemplate jdbc;

    RunOrdersEnd(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return RunOrderHandler.FLOW;
    }

    @Override
    public Long handle(RunSummary<AskedOrders> run) {
        return run.completed();
    }

    @Override
    public List<NewRecord> write(RunSummary<AskedOrders> run, Long completed) {
        jdbc.update(
                "insert into run_ends (run_id, completed) values (?, ?)",
                run.run().id(),
                completed);
        return List.of();
    }
}
