package io.rpaworker.bench.handler;

import io.rpaworker.handler.Handled;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rows that records write. */
final class Rows {

    private Rows() {}

    /** One for each record, all of them by one statement. */
    static <R extends @Nullable Object> void insert(JdbcTemplate jdbc, List<Handled<Order, R>> chunk) {
        Object ids = chunk.stream().map(it -> it.record().payload().id()).toArray(Long[]::new);
        Object values = chunk.stream().map(it -> "done").toArray(String[]::new);
        jdbc.update("insert into results select * from unnest(?::bigint[], ?::text[])", ids, values);
    }
}
