package com.example.greeting;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunSummary;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notes, once each guest of a run is done with, how many were greeted. */
@Component
class GuestBook implements RunCompletion<GuestList.Guests, String> {

    private static final String INSERT = """
            insert into guest_book (run_id, round, entry) values (:run, :round, :entry)
            """;

    private final JdbcClient jdbc;

    GuestBook(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "greeting";
    }

    @Override
    public String handle(RunSummary<GuestList.Guests> run) {
        return "Greeted %d of %d".formatted(run.completed(), run.records());
    }

    // Commits together with the run's end, once for each round: what is tried again afterwards begins another round.
    @Override
    public List<NewRecord> write(RunSummary<GuestList.Guests> run, String entry) {
        jdbc.sql(INSERT)
                .param("run", run.run().id())
                .param("round", run.round())
                .param("entry", entry)
                .update();
        return List.of();
    }
}
