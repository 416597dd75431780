package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import io.rpaworker.flow.RunSettings;
import io.rpaworker.flow.RunSettings.CatchUp;
import io.rpaworker.queue.run.NewRuns.Attempt;
import io.rpaworker.queue.run.NewRuns.NewRun;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Starts runs by their flows' schedules: each tick once in the whole cluster, whoever looks, by PostgreSQL's clock. A
 * schedule that is new, or has changed, begins to count at that moment.
 */
@Component
public class RunTicks {

    private static final String KNOW = """
            insert into run_schedule as s (flow_name, schedule, looked_until)
            values (:flow, :schedule, now())
            on conflict (flow_name) do update
            set schedule = excluded.schedule, looked_until = excluded.looked_until
            where s.schedule is distinct from excluded.schedule
            """;

    private static final String DUE = """
            select s.looked_until, now() as until
            from run_schedule s
            where s.flow_name::text = cast(:flow as text) and s.schedule = cast(:schedule as text)
            """;

    private static final String LOCK = """
            select s.looked_until, now() as until
            from run_schedule s
            where s.flow_name::text = cast(:flow as text) and s.schedule = cast(:schedule as text)
            for update skip locked
            """;

    private static final String LOOKED = """
            update run_schedule s
            set looked_until = cast(:until as timestamptz), missed = s.missed + :missed,
                missed_at = coalesce(cast(:missedAt as timestamptz), s.missed_at),
                missed_reason = coalesce(cast(:missedReason as text), s.missed_reason)
            where s.flow_name::text = cast(:flow as text)
            """;

    private static final String OTHER = """
            select s.schedule
            from run_schedule s
            where s.flow_name::text = cast(:flow as text) and s.schedule is distinct from cast(:schedule as text)
            """;

    // More than passes while all replicas are restarted; what is later than that was missed.
    private static final Duration PUNCTUAL = Duration.ofMinutes(2);
    private static final int MOST_TICKS = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final NewRuns runs;

    RunTicks(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            NewRuns runs) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.runs = runs;
    }

    /**
     * What became of ticks.
     *
     * @param started the runs
     * @param missed how many ticks were left out
     * @param reason why; null if none was
     * @param more whether there are more to look at, later ones
     */
    public record Ticked(
            List<Long> started, int missed, @Nullable String reason, boolean more) {}

    private record Span(ZonedDateTime from, ZonedDateTime until) {}

    /** Makes a schedule known, so that it counts from now on; one that is known already goes on. */
    public void know(String flow, RunSettings settings) {
        jdbc.sql(KNOW)
                .param("flow", flow)
                .param("schedule", settings.scheduleText())
                .update();
    }

    /** The schedule of another replica, by which a flow's runs are started now; empty if it is this one. */
    public Optional<String> otherThan(String flow, RunSettings settings) {
        return jdbc.sql(OTHER)
                .param("flow", flow)
                .param("schedule", settings.scheduleText())
                .query(String.class)
                .optional();
    }

    /**
     * Starts what is due of a flow, up to a thousand ticks.
     *
     * @return empty if nothing was, or another replica is at it
     */
    public Optional<Ticked> start(String flow, RunSettings settings) {
        // Mostly nothing is due, and no row need be locked to see that. A server whose clock was ahead has looked for
        // what is to come: it is looked for once more, and each tick started once nevertheless.
        boolean due = find(DUE, flow, settings)
                .filter(it ->
                        it.from().isAfter(it.until()) || !ticks(it, settings).isEmpty())
                .isPresent();
        if (!due) {
            return Optional.empty();
        }
        return Objects.requireNonNull(
                transaction.execute(status -> find(LOCK, flow, settings).map(span -> start(flow, settings, span))));
    }

    private static List<ZonedDateTime> ticks(Span span, RunSettings settings) {
        return settings.ticks(span.from(), span.until(), MOST_TICKS);
    }

    private Ticked start(String flow, RunSettings settings, Span span) {
        List<ZonedDateTime> ticks = ticks(span, settings);
        boolean more = ticks.size() == MOST_TICKS
                && !settings.ticks(ticks.getLast(), span.until(), 1).isEmpty();
        ZonedDateTime punctual = span.until().minus(PUNCTUAL);
        var started = new ArrayList<Long>();
        int missed = 0;
        String reason = null;
        ZonedDateTime missedAt = null;
        for (ZonedDateTime tick : ticks) {
            boolean meant = !tick.isBefore(punctual)
                    || switch (settings.catchUp()) {
                        case NONE -> false;
                        case LAST -> !more && tick.equals(ticks.getLast());
                        case ALL -> true;
                    };
            String why = meant
                    ? started(flow, settings, tick, started)
                    : "it was due while no replica looked, and rpa.flows.%s.run.catch-up is %s"
                            .formatted(flow, settings.catchUp() == CatchUp.NONE ? "none" : "last");
            if (why != null) {
                missed++;
                missedAt = tick;
                reason = why;
            }
        }
        ZonedDateTime until = more ? ticks.getLast() : span.until();
        jdbc.sql(LOOKED)
                .param("flow", flow)
                .param("until", parameter(until))
                .param("missed", missed)
                .param("missedAt", missedAt == null ? null : parameter(missedAt), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("missedReason", reason)
                .update();
        return new Ticked(started, missed, reason, more);
    }

    private @Nullable String started(String flow, RunSettings settings, ZonedDateTime tick, List<Long> started) {
        var run = new NewRun(flow, Trigger.SCHEDULE, tick.toInstant(), "{}", false, settings.overlap(), "schedule");
        Attempt attempt = runs.attempt(run);
        if (attempt.run() != null) {
            started.add(attempt.run());
        }
        return attempt.inTheWay() == null
                ? null
                : "run %d has not ended, and rpa.flows.%s.run.overlap is skip".formatted(attempt.inTheWay(), flow);
    }

    private Optional<Span> find(String sql, String flow, RunSettings settings) {
        return jdbc.sql(sql)
                .param("flow", flow)
                .param("schedule", settings.scheduleText())
                .query((row, rowNumber) ->
                        new Span(zoned(Timestamps.of(row, "looked_until")), zoned(Timestamps.of(row, "until"))))
                .optional();
    }

    private static ZonedDateTime zoned(Instant at) {
        return at.atZone(ZoneOffset.UTC);
    }

    private static Object parameter(ZonedDateTime at) {
        return Timestamps.parameter(at.toInstant());
    }
}
