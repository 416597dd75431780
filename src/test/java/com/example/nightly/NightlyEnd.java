package com.example.nightly;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunSummary;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notes that a run has ended, in a table that would take it twice. */
@Component
public class NightlyEnd implements RunCompletion<Night, Long> {

    private final ObjectProvider<JdbcClient> jdbc;
    private final Gates gates;

    /** Writes with the worker's own client. */
    public NightlyEnd(ObjectProvider<JdbcClient> jdbc) {
        this.jdbc = jdbc;
        this.gates = new Gates(jdbc);
    }

    @Override
    public String flow() {
        return "nightly";
    }

    @Override
    public Long handle(RunSummary<Night> run) {
        gates.pass("end read");
        return run.completed();
    }

    @Override
    public List<NewRecord> write(RunSummary<Night> run, Long completed) {
        jdbc.getObject()
                .sql("insert into fx_end (run_id, completed) values (:run, :completed)")
                .param("run", run.run().id())
                .param("completed", completed)
                .update();
        gates.pass("end written");
        return List.of();
    }
}
