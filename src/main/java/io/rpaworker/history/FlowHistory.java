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
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what has become of attempts, of any time that is kept; reads no record. */
@Component
public class FlowHistory {

    private static final String NOW = """
            select clock_timestamp()
            """;

    private static final String OVER = """
            select s.flow_name, s.completed, s.retried, s.dead_error, s.dead_timeout, s.dead_rejected, s.dead_payload,
                   s.dead_poison, s.released, s.wait_seconds, s.waits, s.run_seconds, s.runs
            from unnest(cast(:spans as text[]), cast(:froms as timestamptz[]), cast(:tos as timestamptz[]))
                as p (span, starts, ends)
            join flow_statistics s on s.span::text = p.span and s.starts_at >= p.starts and s.starts_at < p.ends
            where cast(:flow as text) is null or s.flow_name::text = cast(:flow as text)
            """;

    private static final String STEPS = """
            select starts_at, flow_name, completed, retried,
                   dead_error + dead_timeout + dead_rejected + dead_payload + dead_poison as dead, run_seconds
            from flow_statistics
            where span::text = cast(:span as text) and starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            order by starts_at, flow_name
            """;

    private final JdbcClient jdbc;

    FlowHistory(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What became of one flow's attempts in one span.
     *
     * @param from when the span begins
     * @param runSeconds sum of the times in the handler, of completed records and failed attempts
     */
    public record Step(Instant from, String flow, long completed, long retried, long dead, double runSeconds) {}

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
        List<Part> parts = window.parts();
        jdbc.sql(OVER)
                .param("spans", array(parts, it -> it.span().column()), Types.ARRAY)
                .param("froms", array(parts, it -> it.from().toString()), Types.ARRAY)
                .param("tos", array(parts, it -> it.to().toString()), Types.ARRAY)
                .param("flow", flow)
                .query(row -> {
                    sums.merge(row.getString("flow_name"), outcomes(row), Outcomes::plus);
                });
        return sums;
    }

    private static String[] array(List<Part> parts, Function<Part, String> value) {
        return parts.stream().map(value).toArray(String[]::new);
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
                        row.getLong("retried"),
                        row.getLong("dead"),
                        row.getDouble("run_seconds")))
                .list();
    }

    private static Outcomes outcomes(ResultSet row) throws SQLException {
        return new Outcomes(
                row.getLong("completed"),
                row.getLong("retried"),
                dead(row),
                row.getLong("released"),
                new Times(row.getDouble("wait_seconds"), counts(row.getArray("waits"))),
                new Times(row.getDouble("run_seconds"), counts(row.getArray("runs"))));
    }

    private static Map<FailureKind, Long> dead(ResultSet row) throws SQLException {
        var dead = new EnumMap<FailureKind, Long>(FailureKind.class);
        dead.put(FailureKind.ERROR, row.getLong("dead_error"));
        dead.put(FailureKind.TIMEOUT, row.getLong("dead_timeout"));
        dead.put(FailureKind.REJECTED, row.getLong("dead_rejected"));
        dead.put(FailureKind.PAYLOAD, row.getLong("dead_payload"));
        dead.put(FailureKind.POISON, row.getLong("dead_poison"));
        dead.values().removeIf(it -> it == 0);
        return Collections.unmodifiableMap(dead);
    }

    private static List<Long> counts(Array array) throws SQLException {
        return Arrays.asList((Long[]) array.getArray());
    }
}
