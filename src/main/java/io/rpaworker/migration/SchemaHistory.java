package io.rpaworker.migration;

import io.rpaworker.database.RpaDbPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says which migrations rpa_db has had, and which of this version it has not. */
@Component
public class SchemaHistory {

    private static final String READABLE = """
            select coalesce(pg_catalog.has_table_privilege(to_regclass('rpa_worker_schema_history'), 'select'), false)
            """;

    private static final String EXISTS = """
            select to_regclass('rpa_worker_schema_history') is not null
            """;

    private static final String APPLIED = """
            select version::text, success
            from rpa_worker_schema_history
            where version is not null
            order by installed_rank
            """;

    private static final String FOLDER = "db/migration/";
    private static final Pattern VERSION = Pattern.compile("V0*(\\d+)__.*\\.sql");

    // All of ours are; where somebody began is a setting.
    private static final Pattern WHOLE = Pattern.compile("\\d{1,18}");

    private final JdbcClient jdbc;
    private final List<String> ours = found();

    SchemaHistory(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How far rpa_db has come.
     *
     * @param current the version that was applied last; null if none was
     * @param applied how many were
     * @param pending scripts of this version that were not, in their order
     * @param failed versions that were begun and failed
     * @param isNewer whether some were applied that this version does not know
     */
    public record State(
            @Nullable String current, int applied, List<String> pending, List<String> failed, boolean isNewer) {}

    private record Row(String version, boolean success) {}

    /** Whether there is a history, be it one that the role may not read. */
    public boolean exists() {
        return jdbc.sql(EXISTS).query(Boolean.class).single();
    }

    /** What the history says; empty if the role may not read it, or if there is none. */
    public Optional<State> find() {
        if (!jdbc.sql(READABLE).query(Boolean.class).single()) {
            return Optional.empty();
        }
        List<Row> rows = jdbc.sql(APPLIED).query(Row.class).list();
        List<String> done = rows.stream().filter(Row::success).map(Row::version).toList();
        Set<String> numbers = done.stream().map(SchemaHistory::number).collect(Collectors.toSet());
        return Optional.of(new State(
                done.isEmpty() ? null : done.getLast(),
                done.size(),
                ours.stream().filter(it -> !numbers.contains(numberOf(it))).toList(),
                rows.stream().filter(it -> !it.success()).map(Row::version).toList(),
                numbers.stream().anyMatch(it -> isBeyond(it, numberOf(ours.getLast())))));
    }

    private static boolean isBeyond(String number, String last) {
        return WHOLE.matcher(number).matches() && Long.parseLong(number) > Long.parseLong(last);
    }

    /** The version that all scripts of this version lead to. */
    public String latest() {
        String script = ours.getLast();
        return script.substring(1, script.indexOf("__"));
    }

    private static List<String> found() {
        try {
            return Stream.of(new PathMatchingResourcePatternResolver(SchemaHistory.class.getClassLoader())
                            .getResources("classpath:" + FOLDER + "V*.sql"))
                    .map(it -> Objects.requireNonNull(it.getFilename()))
                    .filter(it -> VERSION.matcher(it).matches())
                    .sorted(Comparator.comparingLong(it -> Long.parseLong(numberOf(it))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String numberOf(String script) {
        return VERSION.matcher(script).replaceAll("$1");
    }

    private static String number(String version) {
        return version.replaceFirst("^0+(?=\\d)", "");
    }
}
