package io.rpaworker.queue.run;

import io.rpaworker.control.Actor;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import io.rpaworker.queue.run.RunPart.Kind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Runs in an operator's hands: cancelled, tried again, reopened. Each takes part in the caller's transaction. */
@Component
public class RunOrders {

    private static final String LOCK = """
            select true
            from processing_run r
            where r.id = :run
            for update
            """;

    // By a statement after LOCK: what has failed while that waited has failed before.
    private static final String NOW = """
            select clock_timestamp() as at
            """;

    private static final String CANCEL = """
            update processing_run r
            set state = case when r.state::text = 'queued' then 'cancelled' else 'cancelling' end, reason = :reason,
                counts = case when r.state::text = 'queued'
                    then '{"records": 0, "completed": 0, "failed": 0, "cancelled": 0}'::jsonb else r.counts end,
                ended_at = case when r.state::text = 'queued' then clock_timestamp() end
            where r.id = :run and r.ended_at is null
            """;

    // Held until the withdrawal is committed: who closes the run, or reopens it then, comes before or after.
    private static final String IS_CANCELLING = """
            select true
            from processing_run r
            where r.id = :run and r.state::text = 'cancelling'
            for share
            """;

    // By the two small indexes of what waits and of what is to be tried again.
    private static final String WITHDRAW = """
            with waiting as materialized (
                select q.id
                from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.claimed_at is null
                limit :limit
                for no key update skip locked
            ), retrying as materialized (
                select q.id
                from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.next_retry_at is not null
                  and q.status::text = 'failed'
                limit :limit
                for no key update skip locked
            ), cancelled as (
                update processing_queue q
                set status = 'failed', failed_at = now(), failure_kind = 'cancelled', next_retry_at = null,
                    failure_fingerprint = md5(q.flow_name::text || '|cancelled|'),
                    claimed_at = coalesce(q.claimed_at, now()),
                    claim_id = coalesce(q.claim_id, '00000000-0000-0000-0000-000000000000'), updated_at = now(),
                    error_message = left((
                        select pg_catalog.concat('With its run: ', r.reason)
                        from processing_run r
                        where r.id = :run), 8000)
                where q.id = any (array(select id from waiting union all select id from retrying))
                  and (q.status::text = 'pending' or q.status::text = 'failed')
                returning q.id
            )
            select count(*) from cancelled
            """;

    private static final String INTERRUPT = """
            insert into record_cancellation (record_id, asked_by, reason)
            select q.id, pg_catalog.concat('run ', r.id), left(coalesce(r.reason, ''), 1000)
            from processing_run r
            join processing_claim c on c.flow_name::text in (r.flow_name::text, r.flow_name::text || '/run', r.flow_name::text || '/end')
            join processing_queue q on q.id = any (c.record_ids) and q.claim_id = c.claim_id
                and q.status::text = 'processing' and q.run_id = r.id
            where r.id = :run
            on conflict (record_id) do nothing
            """;

    private static final String HAS_DEAD = """
            select exists (
                select from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.failed_at is not null
                  and q.status::text = 'failed' and q.next_retry_at is null and q.flow_name::text = cast(:flow as text)
                  and (:cancelledToo or q.failure_kind::text is distinct from 'cancelled'))
            """;

    // Pages that are dead letters, or were withdrawn. The trigger has the run go on.
    private static final String REVIVE_PARTS = """
            with dead as materialized (
                select q.id
                from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.failed_at is not null
                  and q.status::text = 'failed' and q.next_retry_at is null
                  and q.flow_name::text = cast(:flow as text) and coalesce(q.run_key, '') like cast(:keys as text)
                for no key update skip locked
            ), revived as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, retry_count = 0, crash_count = least(q.crash_count, 2),
                    available_at = now(), updated_at = now()
                where q.id = any (array(select id from dead)) and q.status::text = 'failed'
                returning q.id
            ), uncancelled as (
                delete from record_cancellation where record_id = any (array(select id from revived))
            )
            select count(*) from revived
            """;

    private static final String GO_ON = """
            update processing_run r
            set round = case when r.state::text in ('discovering', 'processing') then r.round else r.round + 1 end,
                state = case when r.discovered_at is null then 'discovering' else 'processing' end,
                revivals = r.revivals + 1, reason = null, processed_at = null, ended_at = null
            where r.id = :run
            returning r.round
            """;

    private static final int WITHDRAWN_AT_ONCE = 1_000;

    private static final Set<RunState> NOT_RETRIED =
            EnumSet.of(RunState.QUEUED, RunState.CANCELLING, RunState.CANCELLED);

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    RunOrders(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * What became of an order.
     *
     * @param before the run as it was
     * @param changed whether anything is done
     */
    public record Done(Run before, boolean changed) {}

    private record Locked(Run run, Instant at) {}

    /**
     * Cancels a run: nothing of it begins any more, what waits is withdrawn, what runs is interrupted.
     *
     * @return unchanged if it has ended or is cancelled already; empty if there is none
     */
    public Optional<Done> cancel(long run, Actor actor) {
        return lock(run, locked -> {
            Run before = locked.run();
            if (before.state().isEnded() || before.state() == RunState.CANCELLING) {
                return new Done(before, false);
            }
            String reason = "Cancelled by " + actor.name() + (actor.reason().isEmpty() ? "" : ": " + actor.reason());
            jdbc.sql(CANCEL).param("run", run).param("reason", reason).update();
            return new Done(before, true);
        });
    }

    /**
     * Withdraws records of a run that is being cancelled, and has those interrupted that run; one bounded batch.
     *
     * @return how many were withdrawn, none if the run is not being cancelled; as many as {@link #isWhole} says if
     *     there may be more
     */
    public int withdraw(long run) {
        return Objects.requireNonNull(transaction.execute(status -> {
            boolean cancelling = jdbc.sql(IS_CANCELLING)
                    .param("run", run)
                    .query(Boolean.class)
                    .optional()
                    .isPresent();
            if (!cancelling) {
                return 0;
            }
            jdbc.sql(INTERRUPT).param("run", run).update();
            return jdbc.sql(WITHDRAW)
                    .param("run", run)
                    .param("limit", WITHDRAWN_AT_ONCE)
                    .query(Integer.class)
                    .single();
        }));
    }

    /** Whether so many are a whole batch. */
    public static boolean isWhole(int withdrawn) {
        return withdrawn >= WITHDRAWN_AT_ONCE;
    }

    /**
     * Has what failed of a run tried again: its dead letters, or the page or the end that has failed for good.
     *
     * @return unchanged if nothing of it has, or if it is cancelled: what was withdrawn is only reopened; empty if
     *     there is none
     */
    public Optional<Done> retry(long run) {
        return lock(run, locked -> {
            Run before = locked.run();
            if (NOT_RETRIED.contains(before.state())) {
                return new Done(before, false);
            }
            boolean pages = revivePages(before, before.state() == RunState.FAILED);
            boolean dead = hasDead(before, false);
            if (dead) {
                walk(locked, Kind.RETRY);
            }
            boolean ends = !dead && !pages && reviveEnd(before);
            return new Done(before, pages || dead || ends);
        });
    }

    /**
     * Has a run go on that has ended: with what was withdrawn and what failed, and at last with its end, in a new
     * round.
     *
     * @return unchanged if it has not ended; empty if there is none
     */
    public Optional<Done> reopen(long run) {
        return lock(run, locked -> {
            Run before = locked.run();
            if (!before.state().isEnded() || before.dryRun() || before.startedAt() == null) {
                return new Done(before, false);
            }
            revivePages(before, true);
            if (hasDead(before, true)) {
                walk(locked, Kind.REOPEN);
            } else {
                goOn(run);
            }
            return new Done(before, true);
        });
    }

    // The walk is a part of the run, which does not end before it.
    private void walk(Locked locked, Kind kind) {
        Run run = locked.run();
        int round = goOn(run.id());
        RunParts.add(jdbc, run.flow(), RunPart.walk(run.id(), kind, round, locked.at()));
    }

    /**
     * @param needed whether there has to be one if discovery is not over: what was under way at a cancel has ended in
     *     vain
     */
    private boolean revivePages(Run run, boolean needed) {
        boolean revived = revive(run, RunPart.DISCOVERY, "#page:%") > 0;
        if (revived || run.discoveredAt() != null || !needed) {
            return revived;
        }
        RunParts.add(jdbc, run.flow(), RunPart.page(run.id(), goOn(run.id()), run.pages()));
        return true;
    }

    // Somebody may have discarded it: then it comes in a new round.
    private boolean reviveEnd(Run run) {
        boolean revived = revive(run, RunPart.END, "#end:" + run.round()) > 0;
        if (!revived && run.state() == RunState.FAILED) {
            goOn(run.id());
            return true;
        }
        return revived;
    }

    private int goOn(long run) {
        return jdbc.sql(GO_ON).param("run", run).query(Integer.class).single();
    }

    private boolean hasDead(Run run, boolean cancelledToo) {
        return jdbc.sql(HAS_DEAD)
                .param("run", run.id())
                .param("flow", run.flow())
                .param("cancelledToo", cancelledToo)
                .query(Boolean.class)
                .single();
    }

    private int revive(Run run, String beside, String keys) {
        return jdbc.sql(REVIVE_PARTS)
                .param("run", run.id())
                .param("flow", run.flow() + beside)
                .param("keys", keys)
                .query(Integer.class)
                .single();
    }

    private Optional<Done> lock(long run, Function<Locked, Done> change) {
        return Objects.requireNonNull(transaction.execute(status -> jdbc.sql(LOCK)
                .param("run", run)
                .query(Boolean.class)
                .optional()
                .flatMap(locked -> RunRows.find(jdbc, run))
                .map(it -> change.apply(new Locked(it, now())))));
    }

    private Instant now() {
        return jdbc.sql(NOW).query((row, rowNumber) -> Timestamps.of(row, "at")).single();
    }
}
