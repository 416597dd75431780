package io.rpaworker.offenders;

import java.time.Instant;
import java.util.Date;
import org.springframework.transaction.annotation.Transactional;

/** Is named after a pattern, asks the wall clock, holds a date, hides a transaction and knows the queue's table. */
@SuppressWarnings({"JavaUtilDate", "UnusedMethod", "UnusedVariable"})
public class ClockService {

    private static final String SQL = """
            update processing_queue q set status = 'completed' where q.id = any (:ids) returning q.id
            """;

    Instant now() {
        return Instant.now();
    }

    Date today() {
        return new Date();
    }

    @Transactional
    private String sql() {
        return SQL.strip();
    }
}
