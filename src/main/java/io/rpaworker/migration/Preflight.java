package io.rpaworker.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Asks rpa_db what is in the way of its migration: the statements of {@code docs/preflight.sql}, which change nothing.
 */
final class Preflight {

    private static final List<String> STATEMENTS = statements();

    // The table that is not adopted yet, with every column that the statement reads.
    private static final String COUNTABLE = """
            select count(*) = 8
            from pg_attribute
            where attrelid = pg_catalog.to_regclass('processing_queue') and not attisdropped
              and attname in ('flow_name', 'status', 'retry_count', 'created_at', 'updated_at', 'completed_at', 'claimed_at', 'id')
            """;

    private static final String SAY = "select pg_catalog.set_config('rpa.adopted', :seconds, true)";

    private final JdbcClient jdbc;

    Preflight(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What the catalogs say, what is refused first; at once, however large the table is. */
    List<Finding> catalogs() {
        return jdbc.sql(STATEMENTS.getFirst()).query(Finding.class).list();
    }

    /**
     * What the records say: reads the table once. Needs the caller's transaction.
     *
     * @param adopted how long adopted records are to be kept; null means for ever
     * @return empty if there is no table to adopt, or if it lacks a column, which the catalogs say
     */
    List<Finding> records(@Nullable Duration adopted) {
        if (!jdbc.sql(COUNTABLE).query(Boolean.class).single()) {
            return List.of();
        }
        jdbc.sql(SAY)
                .param("seconds", adopted == null ? "" : adopted.toSeconds() + " s")
                .query()
                .singleRow();
        return jdbc.sql(STATEMENTS.getLast()).query(Finding.class).list();
    }

    private static List<String> statements() {
        try {
            String script =
                    new ClassPathResource("preflight.sql", Preflight.class).getContentAsString(StandardCharsets.UTF_8);
            // No other line ends with one.
            return List.of(script.strip().split(";\n", -1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
