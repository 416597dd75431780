package io.rpaworker.queue.run;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.intake.RunIntake;
import io.rpaworker.queue.intake.RunIntake.Place;
import io.rpaworker.queue.run.RunPart.Kind;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What the parts of a run's discovery do in rpa_db; all but {@link #lead} in the transaction that completes the part.
 */
@Component
public class RunDiscovery {

    // Who leads is who has claimed the part, as the part itself says: not who believes to have it.
    private static final String LEAD = """
            update processing_run r
            set leader_id = q.flow_instance_id, leader_since = now(), leader_term = r.leader_term + 1
            from processing_queue q
            where r.id = :run and r.ended_at is null and q.id = :record and q.status::text = 'processing'
              and r.leader_id::text is distinct from q.flow_instance_id::text
            """;

    private static final String IS_FULL = """
            select exists (
                select from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.claimed_at is null
                offset :most)
            """;

    private static final String LOCK_DISCOVERING = """
            select r.flow_name
            from processing_run r
            where r.id = :run and r.state::text = 'discovering' and r.pages = :page
            for no key update
            """;

    private static final String PROGRESS = """
            update processing_run r
            set reason = null, pages = r.pages + 1, discovered = r.discovered + :added, cursor = :next,
                discovered_at = case when cast(:next as text) is null then clock_timestamp() end,
                state = case when cast(:next as text) is not null then 'discovering'
                             when r.dry_run then 'completed' else 'processing' end,
                ended_at = case when cast(:next as text) is null and r.dry_run then clock_timestamp() end
            where r.id = :run and r.state::text = 'discovering' and r.pages = :page
            """;

    // In no order: to sort them, each step would read all that are left.
    private static final String RETRY = """
            with dead as materialized (
                select q.id
                from processing_queue q
                where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.failed_at is not null
                  and q.status::text = 'failed' and q.next_retry_at is null
                  and q.failed_at <= cast(:asked as timestamptz)
                  and (:cancelledToo or q.failure_kind::text is distinct from 'cancelled')
                  and q.flow_name::text = (select r.flow_name::text from processing_run r where r.id = :run)
                limit :limit
                for no key update skip locked
            ), retried as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, retry_count = 0, crash_count = least(q.crash_count, 2),
                    available_at = now(), updated_at = now()
                where q.id = any (array(select id from dead)) and q.status::text = 'failed'
                returning q.id
            ), uncancelled as (
                delete from record_cancellation where record_id = any (array(select id from retried))
            )
            select count(*) from retried
            """;

    private static final int RETRIED_AT_ONCE = 1_000;

    private final JdbcClient jdbc;
    private final RunIntake intake;

    RunDiscovery(JdbcClient jdbc, RunIntake intake) {
        this.jdbc = jdbc;
        this.intake = intake;
    }

    /**
     * A run and who leads it.
     *
     * @param elected whether that is another replica than before
     */
    public record Led(Run run, boolean elected) {}

    /**
     * Notes that whoever has claimed a part of a run leads it.
     *
     * @param record the part's id
     * @return empty if there is no such run any more
     */
    public Optional<Led> lead(long run, long record) {
        boolean elected =
                jdbc.sql(LEAD).param("run", run).param("record", record).update() == 1;
        return RunRows.find(jdbc, run).map(it -> new Led(it, elected));
    }

    /** Whether as many records of the run wait as may. */
    public boolean isFull(long run, int most) {
        return jdbc.sql(IS_FULL)
                .param("run", run)
                .param("most", most - 1)
                .query(Boolean.class)
                .single();
    }

    /**
     * Adds what a page has found, and the next page.
     *
     * @param next where that begins; null if there is none
     * @return how many records were added; empty if the run is not being discovered any more, or the page was added
     *     before: then nothing is
     */
    public Optional<Integer> addPage(RunPart page, List<NewRecord> records, boolean dryRun, @Nullable String next) {
        String flow = lock(page);
        if (flow == null) {
            return Optional.empty();
        }
        int added = dryRun
                ? records.size()
                : intake.add(new Place(flow, page.run(), null, 0, "#record:" + page.number()), records);
        int progressed = jdbc.sql(PROGRESS)
                .param("run", page.run())
                .param("page", page.number())
                .param("added", added)
                .param("next", next, Types.VARCHAR)
                .update();
        if (progressed != 1) {
            throw new IllegalStateException("Run %d is not as it was locked".formatted(page.run()));
        }
        if (next != null) {
            RunParts.addNext(jdbc, flow, page.next(), Duration.ZERO);
        }
        return Optional.of(added);
    }

    /** Has a page wait, since too many records do. */
    public void postpone(RunPart page, Duration delay) {
        String flow = lock(page);
        if (flow != null) {
            RunParts.addNext(jdbc, flow, page.waiting(), delay);
        }
    }

    /**
     * Makes some of a run's dead letters pending again.
     *
     * @return how many; there is a next step if there may be more
     */
    public int retry(RunPart walk, String flow) {
        int retried = jdbc.sql(RETRY)
                .param("run", walk.run())
                .param("asked", String.valueOf(walk.asked()))
                .param("cancelledToo", walk.kind() == Kind.REOPEN)
                .param("limit", RETRIED_AT_ONCE)
                .query(Integer.class)
                .single();
        if (retried == RETRIED_AT_ONCE) {
            RunParts.addNext(jdbc, flow, walk.next(), Duration.ZERO);
        }
        return retried;
    }

    private @Nullable String lock(RunPart page) {
        return jdbc.sql(LOCK_DISCOVERING)
                .param("run", page.run())
                .param("page", page.number())
                .query(String.class)
                .optional()
                .orElse(null);
    }
}
