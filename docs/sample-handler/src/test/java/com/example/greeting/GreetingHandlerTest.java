package com.example.greeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class GreetingHandlerTest {

    // Only write asks it, and that is for the local run to try: docs/handlers.md, Testing.
    private final GreetingHandler handler = new GreetingHandler(JdbcClient.create(new DriverManagerDataSource()));

    @Test
    void greetsByName() {
        assertEquals(Outcome.completed("Hello, Ada"), handler.handle(record("Ada")));
    }

    @Test
    void thereIsNobodyToGreet() {
        assertEquals(Outcome.rejected("There is nobody to greet"), handler.handle(record("nobody")));
    }

    private static WorkRecord<Greeting> record(String name) {
        return new WorkRecord<>(1, "greeting", null, new Greeting(name), 1, Instant.EPOCH);
    }
}
