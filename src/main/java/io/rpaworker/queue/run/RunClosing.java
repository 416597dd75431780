package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes runs a step further of which nothing is open: to their end, to failure, to being cancelled. Right when done by
 * anybody, by two at once, and twice.
 */
@Component
public class RunClosing {

    // What waits is looked for first, since it mostly is there, and found at once: by the first entry of its index, in
    // a
    // way that leaves no other plan to statistics of when nothing waited, or everything.
    private static final String CANDIDATES = """
            select r.id, r.state
            from processing_run r
            where r.ended_at is null and r.id > :after
              and case r.state::text
                  when 'cancelling' then true
                  when 'queued' then not exists (
                      select from processing_run b
                      where b.flow_name::text = r.flow_name::text and b.ended_at is null and b.id < r.id and not b.dry_run)
                  else (
                      select q.run_id
                      from processing_queue q
                      where q.run_id >= r.id and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.claimed_at is null
                      order by q.run_id
                      limit 1) is distinct from r.id
                  end
            order by r.id
            limit :limit
            """;

    private static final String LOOK = """
            select r.flow_name, r.state, r.round, r.revivals
            from processing_run r
            where r.id = :run and r.ended_at is null
            """;

    // After the count, which may take long and so is done without the lock: the run is as it was when it was looked at
    // before the count, and nobody who holds its row is about to have something of it run again.
    private static final String LOCK = """
            select true
            from processing_run r
            where r.id = :run and r.state::text = cast(:state as text) and r.round = :round and r.revivals = :revivals
            for update skip locked
            """;

    // A record with a run_id and without a run_key is in no run. That it has one is asked for in a way that PostgreSQL
    // does
    // not take for the predicate of the index of keys, which has an entry for each record of the run.
    //
    // Who has claimed a record of it is found by claims, and by what is claimed without one, as Python workers do; so
    // the
    // count, which reads every record of the run, mostly is made once.
    private static final String IS_OPEN = """
            select exists (
                    select from processing_queue q
                    where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.claimed_at is null)
                or exists (
                    select from processing_queue q
                    where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.next_retry_at is not null)
                or exists (
                    select from processing_claim c
                    cross join lateral (
                        select from processing_queue q
                        where q.id = any (c.record_ids) and q.claim_id = c.claim_id and q.status::text = 'processing'
                          and q.run_id = :run and q.run_key is not null) held
                    where c.flow_name::text = any (cast(:flows as text[])))
                or exists (
                    select from processing_queue q
                    where q.claimed_at is not null and q.claim_id is null and q.status::text = 'processing'
                      and q.run_id = :run and q.run_key is not null)
            """;

    private static final String COUNT = """
            select count(*) filter (where q.flow_name::text = cast(:flow as text)) as records,
                   count(*) filter (where q.flow_name::text = cast(:flow as text) and q.status::text = 'completed') as completed,
                   count(*) filter (where q.flow_name::text = cast(:flow as text) and q.status::text = 'failed'
                       and q.failure_kind::text is distinct from 'cancelled') as failed,
                   count(*) filter (where q.flow_name::text = cast(:flow as text) and q.status::text = 'failed'
                       and q.failure_kind::text = 'cancelled') as cancelled,
                   count(*) filter (where q.status::text in ('pending', 'processing') or q.next_retry_at is not null) as open
            from processing_queue q
            where q.run_id = :run and q.run_key is not null
            """;

    // The latest part of its own that has failed for good. Dead letters of its flow's pages, or ends, are few, and
    // those of
    // the run may be many: so the former are looked through.
    private static final String DEAD_PART = """
            select left(coalesce(d.error_message, 'without a word'), 2000)
            from (
                select q.run_id, q.run_key, q.failed_at, q.error_message
                from processing_queue q
                where q.flow_name::text = cast(:flow as text) and q.failed_at is not null and q.status::text = 'failed'
                  and q.next_retry_at is null
                offset 0) d
            where d.run_id = :run and d.run_key like cast(:keys as text)
            order by d.failed_at desc
            limit 1
            """;

    private static final String STEP = """
            update processing_run r
            set state = :state, reason = coalesce(cast(:reason as text), r.reason),
                counts = jsonb_build_object('records', cast(:records as bigint), 'completed', cast(:completed as bigint),
                    'failed', cast(:failed as bigint), 'cancelled', cast(:cancelled as bigint)),
                processed_at = coalesce(r.processed_at, clock_timestamp()),
                ended_at = case when :ended then clock_timestamp() end
            where r.id = :run and r.ended_at is null
            returning case when r.ended_at is not null then date_part('epoch', r.ended_at - r.started_at) end
            """;

    private static final String BEGIN = """
            update processing_run r
            set state = 'discovering', started_at = clock_timestamp()
            where r.id = :run and r.state::text = 'queued'
              and not exists (
                  select from processing_run b
                  where b.flow_name::text = r.flow_name::text and b.ended_at is null and b.id < r.id and not b.dry_run)
            """;

    private static final String TELL = """
            update processing_run r
            set reason = :reason
            where r.id = :run and r.reason is null
            """;

    private static final int RUNS = 100;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    RunClosing(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * A step that a run has taken.
     *
     * @param reason why it has failed; null unless it has
     * @param took from its beginning until its end; null unless it has ended, or if it had never begun
     */
    public record Step(
            long run,
            String flow,
            RunState from,
            RunState to,
            @Nullable String reason,
            @Nullable Duration took) {}

    private record Looked(String flow, RunState state, int round, long revivals) {}

    private record Count(long records, long completed, long failed, long cancelled, long open) {}

    /** A run that may be taken further. */
    public record Candidate(long run, RunState state) {}

    /** Up to a hundred of them, of those with a larger id. */
    public List<Candidate> candidates(long after) {
        return jdbc.sql(CANDIDATES)
                .param("after", after)
                .param("limit", RUNS)
                .query((row, rowNumber) -> new Candidate(row.getLong("id"), RunState.of(row.getString("state"))))
                .list();
    }

    /** Whether there may be more of them. */
    public static boolean isFull(List<Candidate> candidates) {
        return candidates.size() == RUNS;
    }

    /**
     * Takes a run further if nothing of it is open.
     *
     * @return empty if it stays as it is, or somebody else is changing it
     */
    public Optional<Step> close(long run) {
        return jdbc.sql(LOOK)
                .param("run", run)
                .query((row, rowNumber) -> new Looked(
                        row.getString("flow_name"),
                        RunState.of(row.getString("state")),
                        row.getInt("round"),
                        row.getLong("revivals")))
                .optional()
                .flatMap(looked -> close(run, looked));
    }

    private Optional<Step> close(long run, Looked looked) {
        if (looked.state() == RunState.QUEUED) {
            return inTransaction(() -> begin(run, looked));
        }
        if (isOpen(run, looked.flow())) {
            if (looked.state() == RunState.DISCOVERING) {
                deadPart(run, looked).ifPresent(it -> tell(run, it));
            }
            return Optional.empty();
        }
        Count count = count(run, looked.flow());
        return count.open() > 0
                ? Optional.empty()
                : inTransaction(() -> lock(run, looked) ? further(run, looked, count) : Optional.empty());
    }

    private Optional<Step> inTransaction(Supplier<Optional<Step>> step) {
        return Objects.requireNonNull(transaction.execute(status -> step.get()));
    }

    private Optional<Step> further(long run, Looked looked, Count count) {
        return switch (looked.state()) {
            case DISCOVERING, POST_PROCESSING ->
                Optional.of(
                        step(run, looked, RunState.FAILED, deadPart(run, looked).orElse(lost(looked)), count));
            case CANCELLING -> Optional.of(step(run, looked, RunState.CANCELLED, null, count));
            case PROCESSING -> {
                Step step = step(run, looked, RunState.POST_PROCESSING, null, count);
                RunParts.add(jdbc, looked.flow(), RunPart.end(run, looked.round()));
                yield Optional.of(step);
            }
            default -> Optional.empty();
        };
    }

    private Optional<Step> begin(long run, Looked looked) {
        if (jdbc.sql(BEGIN).param("run", run).update() == 0) {
            return Optional.empty();
        }
        RunParts.add(jdbc, looked.flow(), RunPart.page(run, looked.round(), 0));
        return Optional.of(new Step(run, looked.flow(), RunState.QUEUED, RunState.DISCOVERING, null, null));
    }

    private boolean lock(long run, Looked looked) {
        return jdbc.sql(LOCK)
                .param("run", run)
                .param("state", looked.state().column())
                .param("round", looked.round())
                .param("revivals", looked.revivals())
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    private boolean isOpen(long run, String flow) {
        String[] flows = {flow, flow + RunPart.DISCOVERY, flow + RunPart.END};
        return jdbc.sql(IS_OPEN)
                .param("run", run)
                .param("flows", flows, Types.ARRAY)
                .query(Boolean.class)
                .single();
    }

    private Count count(long run, String flow) {
        return jdbc.sql(COUNT)
                .param("run", run)
                .param("flow", flow)
                .query(Count.class)
                .single();
    }

    private Optional<String> deadPart(long run, Looked looked) {
        boolean ending = looked.state() == RunState.POST_PROCESSING;
        return jdbc.sql(DEAD_PART)
                .param("run", run)
                .param("flow", looked.flow() + (ending ? RunPart.END : RunPart.DISCOVERY))
                .param("keys", ending ? "#end:" + looked.round() : "#page:%")
                .query(String.class)
                .optional()
                .map(it -> (ending ? "What is done once at the end has failed: " : "Discovery has failed: ") + it);
    }

    private static String lost(Looked looked) {
        return looked.state() == RunState.DISCOVERING
                ? "Discovery is not over, and there is no page to be read"
                : "What is done once at the end is not done, and nothing is left of it";
    }

    private void tell(long run, String reason) {
        jdbc.sql(TELL).param("run", run).param("reason", reason).update();
    }

    private Step step(long run, Looked looked, RunState to, @Nullable String reason, Count count) {
        Duration took = jdbc.sql(STEP)
                .param("run", run)
                .param("state", to.column())
                .param("reason", reason)
                .param("records", count.records())
                .param("completed", count.completed())
                .param("failed", count.failed())
                .param("cancelled", count.cancelled())
                .param("ended", to.isEnded())
                .query((row, rowNumber) -> Optional.ofNullable(row.getObject(1, Double.class)))
                .single()
                .map(seconds -> Duration.ofMillis((long) (seconds * 1_000)))
                .orElse(null);
        return new Step(run, looked.flow(), looked.state(), to, reason, took);
    }
}
