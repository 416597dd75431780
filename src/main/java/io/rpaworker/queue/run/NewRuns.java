package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.handler.RunUnderWayException;
import java.sql.Types;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Starts runs. A run and its first page are there together. */
@Component
public class NewRuns {

    // Two that start a run of a flow at once must not both find none under way.
    private static final String ONE_AT_A_TIME = """
            select pg_advisory_xact_lock(hashtextextended('rpa-worker runs of ' || cast(:flow as text), cast(0 as bigint)))
            """;

    private static final String IS_STARTED = """
            select exists (
                select from processing_run r
                where r.flow_name::text = cast(:flow as text) and r.tick = cast(:tick as timestamptz))
            """;

    private static final String UNDER_WAY = """
            select min(id) from processing_run
            where flow_name::text = cast(:flow as text) and ended_at is null and not dry_run
            """;

    private static final String INSERT = """
            insert into processing_run (flow_name, trigger, tick, parameters, parameters_hash, dry_run, state, actor, started_at)
            values (:flow, :trigger, :tick, cast(:parameters as jsonb),
                md5(cast(:flow as text) || '|' || cast(cast(:parameters as jsonb) as text)), :dryRun, :state, :actor,
                case when cast(:state as text) = 'discovering' then now() end)
            on conflict (flow_name, tick) where tick is not null do nothing
            returning id
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    /** With the control pool's, for orders and schedules; an author's own transaction is one of the ordinary pool. */
    @Autowired
    public NewRuns(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * A run to be started.
     *
     * @param tick the planned time; null unless a schedule starts it
     * @param parameters a JSON object
     * @param dryRun whether pages are only counted; such a run is in nobody's way
     * @param overlap what becomes of it while a run of the flow has not ended
     * @param actor who starts it
     */
    public record NewRun(
            String flow,
            Trigger trigger,
            @Nullable Instant tick,
            String parameters,
            boolean dryRun,
            Overlap overlap,
            String actor) {}

    /**
     * What became of a start.
     *
     * @param run its id; null if it was not started
     * @param inTheWay the run that has not ended and is in its way; null if there is none
     */
    public record Attempt(@Nullable Long run, @Nullable Long inTheWay) {}

    /**
     * Starts a run, in the caller's transaction if there is one.
     *
     * @return its id; empty if its tick has been started already
     * @throws RunUnderWayException if a run of the flow has not ended, and that is in its way
     */
    public Optional<Long> start(NewRun run) {
        Attempt attempt = attempt(run);
        if (attempt.inTheWay() != null) {
            throw new RunUnderWayException(run.flow(), attempt.inTheWay());
        }
        return Optional.ofNullable(attempt.run());
    }

    /** The same, for whose transaction is not to end with one that is in the way. */
    Attempt attempt(NewRun run) {
        return Objects.requireNonNull(transaction.execute(status -> {
            // Its own run is in nobody's way.
            if (isStarted(run)) {
                return new Attempt(null, null);
            }
            Long before = run.overlap() == Overlap.ALLOW || run.dryRun() ? null : underWay(run.flow());
            if (before != null && run.overlap() == Overlap.SKIP) {
                return new Attempt(null, before);
            }
            RunState state = before == null ? RunState.DISCOVERING : RunState.QUEUED;
            Long id = insert(run, state).orElse(null);
            if (id != null && state == RunState.DISCOVERING) {
                RunParts.add(jdbc, run.flow(), RunPart.page(id, 1, 0));
            }
            return new Attempt(id, null);
        }));
    }

    private boolean isStarted(NewRun run) {
        Instant tick = run.tick();
        return tick != null
                && jdbc.sql(IS_STARTED)
                        .param("flow", run.flow())
                        .param("tick", Timestamps.parameter(tick))
                        .query(Boolean.class)
                        .single();
    }

    private @Nullable Long underWay(String flow) {
        jdbc.sql(ONE_AT_A_TIME)
                .param("flow", flow)
                .query((row, rowNumber) -> true)
                .single();
        return jdbc.sql(UNDER_WAY)
                .param("flow", flow)
                .query((row, rowNumber) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single()
                .orElse(null);
    }

    private Optional<Long> insert(NewRun run, RunState state) {
        Instant tick = run.tick();
        return jdbc.sql(INSERT)
                .param("flow", run.flow())
                .param("trigger", run.trigger().column())
                .param("tick", tick == null ? null : Timestamps.parameter(tick), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("parameters", run.parameters())
                .param("dryRun", run.dryRun())
                .param("state", state.column())
                .param("actor", run.actor())
                .query(Long.class)
                .optional();
    }
}
