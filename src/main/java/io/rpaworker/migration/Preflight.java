package io.rpaworker.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Asks rpa_db what is in the way of its migration: the statements of {@code docs/preflight.sql}, which change nothing.
 */
final class Preflight {

    private static final List<String> STATEMENTS = statements();

    // There is no table to adopt, or it lacks a column.
    private static final Set<String> NOTHING_TO_COUNT = Set.of("42P01", "42703");

    private static final String SAY = "select pg_catalog.set_config('rpa.adopted', cast(:kept as text), true)";

    private final JdbcClient jdbc;

    Preflight(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What the catalogs say, what is refused first; at once, however large the table is. */
    List<Finding> catalogs() {
        return jdbc.sql(STATEMENTS.getFirst()).query(Finding.class).list();
    }

    /**
     * What the records say: reads the table once. Needs a transaction of the caller, which cannot go on afterwards.
     *
     * @param adopted how long adopted records are to be kept; null means for ever
     * @return empty if there is no table to adopt, or if it lacks a column, which the catalogs say
     */
    List<Finding> records(@Nullable Duration adopted) {
        jdbc.sql(SAY)
                .param("kept", adopted == null ? "" : adopted.toSeconds() + " s")
                .query()
                .singleRow();
        try {
            return jdbc.sql(STATEMENTS.getLast()).query(Finding.class).list();
        } catch (BadSqlGrammarException e) {
            SQLException cause = e.getSQLException();
            if (cause != null && NOTHING_TO_COUNT.contains(cause.getSQLState())) {
                return List.of();
            }
            throw e;
        }
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
