package com.example.greeting;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Greets whomever a record names, and keeps the greetings in table {@code greeting}. */
@Component
class GreetingHandler implements RecordHandler<Greeting, String> {

    private static final String INSERT = """
            insert into greeting (record_id, text) values (:recordId, :text)
            """;

    private final JdbcClient jdbc;

    GreetingHandler(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "greeting";
    }

    // No transaction is open here: read from wherever you like, take your time, throw if something is wrong.
    @Override
    public Outcome<String> handle(WorkRecord<Greeting> record) {
        String name = record.payload().name();
        return name.equals("nobody")
                ? Outcome.rejected("There is nobody to greet")
                : Outcome.completed("Hello, " + name);
    }

    // Commits together with the records' completion, or not at all: no unique constraint is needed.
    @Override
    public void write(List<Handled<Greeting, String>> chunk) {
        for (Handled<Greeting, String> greeted : chunk) {
            jdbc.sql(INSERT)
                    .param("recordId", greeted.record().id())
                    .param("text", greeted.result())
                    .update();
        }
    }
}
