package io.rpaworker.control;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What operators order, and stays in force: pauses of flows, in {@code flow_control}. Claims look there themselves, so
 * that nothing is claimed once a pause is committed.
 */
@Component
public class StandingOrders {

    private static final String READ = """
            select flow_name::text as flow, null::bigint as record, paused_by as by, paused_at as since,
                   paused_until as until, reason
            from flow_control
            where paused_until is null or paused_until > now()
            union all
            select * from (
                select cast(null as text), record_id, asked_by, asked_at, cast(null as timestamptz), reason
                from record_cancellation
                order by record_id
                limit 10000) cancellations
            """;

    private static final String PAUSE = """
            insert into flow_control (flow_name, paused_by, paused_until, reason)
            values (:flow, :actor, :until, :reason)
            on conflict (flow_name) do update
            set paused_by = excluded.paused_by, paused_at = now(), paused_until = excluded.paused_until,
                reason = excluded.reason
            """;

    // A pause that has ended by itself is not there to be resumed.
    private static final String RESUME = """
            with paused as materialized (
                delete from flow_control
                where flow_name::text = cast(:flow as text)
                returning paused_until
            )
            select count(*) filter (where paused_until is null or paused_until > now()) > 0 from paused
            """;

    private static final String IS_FUTURE = "select :until > now()";

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final AuditLog audit;

    StandingOrders(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            AuditLog audit) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.audit = audit;
    }

    private record Row(
            @Nullable String flow,
            long record,
            String by,
            Instant since,
            @Nullable Instant until,
            String reason) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getString("flow"),
                    row.getLong("record"),
                    row.getString("by"),
                    Timestamps.of(row, "since"),
                    Timestamps.find(row, "until"),
                    row.getString("reason"));
        }
    }

    /** Reads what is in force at this moment, by PostgreSQL's clock. */
    public Orders read() {
        long askedNanos = System.nanoTime();
        var pauses = new LinkedHashMap<String, FlowPause>();
        var cancellations = new LinkedHashMap<Long, Actor>();
        for (Row it : jdbc.sql(READ).query((row, rowNumber) -> Row.of(row)).list()) {
            if (it.flow() == null) {
                cancellations.put(it.record(), new Actor(it.by(), it.reason()));
            } else {
                pauses.put(it.flow(), new FlowPause(it.flow(), it.by(), it.since(), it.until(), it.reason()));
            }
        }
        return new Orders(pauses, cancellations, askedNanos);
    }

    /** How a flow is paused at this moment; empty if it is not. */
    public Optional<FlowPause> pauseOf(String flow) {
        return Optional.ofNullable(read().pauses().get(flow));
    }

    /** Whether a moment is still to come, by PostgreSQL's clock. */
    public boolean isFuture(Instant moment) {
        return jdbc.sql(IS_FUTURE)
                .param("until", Timestamps.parameter(moment))
                .query(Boolean.class)
                .single();
    }

    /**
     * Pauses a flow; a pause that there is already is replaced by this one.
     *
     * @param until when it is to end by itself; null for not before it is resumed
     */
    public void pause(String flow, @Nullable Instant until, Actor actor) {
        var details = new LinkedHashMap<String, @Nullable Object>();
        details.put("until", until);
        transaction.executeWithoutResult(status -> {
            jdbc.sql(PAUSE)
                    .param("flow", flow)
                    .param("actor", actor.name())
                    .param("until", until == null ? null : Timestamps.parameter(until), Types.TIMESTAMP_WITH_TIMEZONE)
                    .param("reason", actor.reason())
                    .update();
            audit.note(actor, "pause", flow, details, 0);
        });
    }

    /**
     * Resumes a flow.
     *
     * @return false if it was not paused, and then nothing is written down
     */
    public boolean resume(String flow, Actor actor) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean paused =
                    jdbc.sql(RESUME).param("flow", flow).query(Boolean.class).single();
            if (paused) {
                audit.note(actor, "resume", flow, new LinkedHashMap<>(), 0);
            }
            return paused;
        }));
    }
}
