package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.history.Window.Part;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what has become of attempts, of any time that is kept; reads no record. */
@Component
public class FlowHistory {

    private static final String NOW = """
            select clock_timestamp()
            """;

    // By the key: a join would read the whole table, which looks small. So "offset 0" keeps the parts apart.
    private static final String OVER = """
            select flow_name, sum(completed) as completed, sum(retried_error + retried_timeout) as retried,
                   sum(dead_error) as dead_error, sum(dead_timeout) as dead_timeout, sum(dead_rejected) as dead_rejected,
                   sum(dead_payload) as dead_payload, sum(dead_poison) as dead_poison, sum(released) as released,
                   sum(wait_seconds) as wait_seconds, sum(run_seconds) as run_seconds,
                   cast(array[
                       sum(waits[1]), sum(waits[2]), sum(waits[3]), sum(waits[4]), sum(waits[5]), sum(waits[6]),
                       sum(waits[7]), sum(waits[8]), sum(waits[9]), sum(waits[10]), sum(waits[11]), sum(waits[12]),
                       sum(waits[13]), sum(waits[14]), sum(waits[15]), sum(waits[16]), sum(waits[17]), sum(waits[18]),
                       sum(waits[19]), sum(waits[20]), sum(waits[21]), sum(waits[22]), sum(waits[23]), sum(waits[24]),
                       sum(waits[25])] as bigint[]) as waits,
                   cast(array[
                       sum(runs[1]), sum(runs[2]), sum(runs[3]), sum(runs[4]), sum(runs[5]), sum(runs[6]),
                       sum(runs[7]), sum(runs[8]), sum(runs[9]), sum(runs[10]), sum(runs[11]), sum(runs[12]),
                       sum(runs[13]), sum(runs[14]), sum(runs[15]), sum(runs[16]), sum(runs[17]), sum(runs[18]),
                       sum(runs[19]), sum(runs[20]), sum(runs[21]), sum(runs[22]), sum(runs[23]), sum(runs[24]),
                       sum(runs[25])] as bigint[]) as runs
            from unnest(cast(:spans as text[]), cast(:froms as timestamptz[]), cast(:tos as timestamptz[]))
                as p (span, starts, ends)
            cross join lateral (
                select *
                from flow_statistics
                where span::text = p.span and starts_at >= p.starts and starts_at < p.ends
                  and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                offset 0) s
            group by flow_name
            """;

    private static final String STEPS = """
            select starts_at, flow_name, completed,
                   dead_error + dead_timeout + dead_rejected + dead_payload + dead_poison as dead,
                   retried_error + dead_error as error, retried_timeout + dead_timeout as timeout, dead_rejected as rejected,
                   dead_payload as payload, dead_poison as poison, run_seconds
            from flow_statistics
            where span::text = cast(:span as text)
              and starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            order by starts_at
            """;

    // What this worker counts: an unknown one is an error's, and what somebody has cancelled has not failed.
    private static final Set<FailureKind> KINDS =
            EnumSet.complementOf(EnumSet.of(FailureKind.UNKNOWN, FailureKind.CANCELLED));

    private final JdbcClient jdbc;

    FlowHistory(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What became of one flow's attempts in one span.
     *
     * @param from when the span begins
     * @param completed records that were completed
     * @param dead records that became dead letters
     * @param failed attempts that failed, whether or not another was due, by kind; kinds without any are absent
     * @param runSeconds sum of the times in the handler, of completed records and failed attempts
     */
    public record Step(
            Instant from, String flow, long completed, long dead, Map<FailureKind, Long> failed, double runSeconds) {

        /** Attempts that failed, of all kinds. */
        public long failedAttempts() {
            return failed.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Attempts that came as far as the handler. */
        public long runs() {
            return completed
                    + failedAttempts()
                    - failed.getOrDefault(FailureKind.PAYLOAD, 0L)
                    - failed.getOrDefault(FailureKind.POISON, 0L);
        }
    }

    /** PostgreSQL's clock, by which all of this is told. */
    public Instant now() {
        return jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant();
    }

    /**
     * What became of attempts in a window.
     *
     * @param flow null for all flows
     * @return by flow; those without any attempt are absent
     */
    public SortedMap<String, Outcomes> over(Window window, @Nullable String flow) {
        var sums = new TreeMap<String, Outcomes>();
        jdbc.sql(OVER).params(parts(window)).param("flow", flow).query(row -> {
            sums.put(row.getString("flow_name"), outcomes(row));
        });
        return sums;
    }

    /** For a statement: the spans that fill a window. */
    static Map<String, SqlParameterValue> parts(Window window) {
        List<Part> parts = window.parts();
        return Map.of(
                "spans", array(parts, it -> it.span().column()),
                "froms", array(parts, it -> it.from().toString()),
                "tos", array(parts, it -> it.to().toString()));
    }

    private static SqlParameterValue array(List<Part> parts, Function<Part, String> value) {
        return new SqlParameterValue(Types.ARRAY, parts.stream().map(value).toArray(String[]::new));
    }

    /**
     * The same, of each span by itself, without the times' buckets.
     *
     * @param span at least as coarse as the window's finest
     * @return in the order of time; those without any attempt are absent
     */
    public List<Step> steps(Window window, Span span, @Nullable String flow) {
        return jdbc.sql(STEPS)
                .param("span", span.column())
                .param("windowFrom", span.floor(window.from()).atOffset(ZoneOffset.UTC))
                .param("windowTo", window.to().atOffset(ZoneOffset.UTC))
                .param("flow", flow)
                .query((row, rowNumber) -> new Step(
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        row.getString("flow_name"),
                        row.getLong("completed"),
                        row.getLong("dead"),
                        byKind(row, FailureKind::column),
                        row.getDouble("run_seconds")))
                .list();
    }

    private static Outcomes outcomes(ResultSet row) throws SQLException {
        return new Outcomes(
                row.getLong("completed"),
                row.getLong("retried"),
                byKind(row, kind -> "dead_" + kind.column()),
                row.getLong("released"),
                new Times(row.getDouble("wait_seconds"), counts(row.getArray("waits"))),
                new Times(row.getDouble("run_seconds"), counts(row.getArray("runs"))));
    }

    private static Map<FailureKind, Long> byKind(ResultSet row, Function<FailureKind, String> column)
            throws SQLException {
        var failed = new EnumMap<FailureKind, Long>(FailureKind.class);
        for (FailureKind kind : KINDS) {
            long some = row.getLong(column.apply(kind));
            if (some > 0) {
                failed.put(kind, some);
            }
        }
        return Collections.unmodifiableMap(failed);
    }

    private static List<Long> counts(Array array) throws SQLException {
        return Arrays.asList((Long[]) array.getArray());
    }
}
