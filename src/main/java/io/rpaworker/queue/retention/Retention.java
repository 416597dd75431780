package io.rpaworker.queue.retention;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes records of known flows that are terminal and old enough, and nothing else. What an adoption has found is not
 * old enough before its own time has passed, and never if it has none. Nor are records of runs that have not ended.
 *
 * <p>It walks the primary key in windows, because an index on {@code completed_at} would have to be maintained by every
 * completion. Records that somebody completed by hand may have no such time. Ids grow with time, so a walk ends at the
 * first window in which nothing is old enough yet: it reads what it deletes, and what is old and still open. A record
 * that somebody has locked is left to a later walk.
 *
 * <p>A window is one statement, which fails as a whole if one of its records cannot be deleted. {@link OldRecords} is
 * for finding out which.
 */
@Component
public class Retention {

    private static final String PURGE = """
            with seen as materialized (
                select id, flow_name, run_id, created_at,
                       case status::text
                           when 'completed' then
                               coalesce(completed_at, updated_at) < now() - make_interval(secs =>
                                   case when id <= :lastAdopted then :adoptedSeconds else :completedSeconds end)
                           when 'failed' then
                               next_retry_at is null and failed_at < now() - make_interval(secs =>
                                   case when id <= :lastAdopted then :adoptedSeconds else :deadSeconds end)
                       end as old
                from processing_queue
                where id >= :from
                order by id
                limit :window
            ), meant as materialized (
                select id
                from seen
                where old
                  and flow_name::text = any (cast(:flows as text[]))
                  and (run_id is null or run_id not in (select r.id from processing_run r where r.ended_at is null))
                  and id not in (select pg_catalog.unnest(cast(:except as bigint[])))
            ), free as materialized (
                select q.id
                from processing_queue q
                where q.id = any (array(select id from meant))
                  and case q.status::text
                          when 'completed' then
                              coalesce(q.completed_at, q.updated_at) < now() - make_interval(secs =>
                                  case when q.id <= :lastAdopted then :adoptedSeconds else :completedSeconds end)
                          when 'failed' then
                              q.next_retry_at is null and q.failed_at < now() - make_interval(secs =>
                                  case when q.id <= :lastAdopted then :adoptedSeconds else :deadSeconds end)
                      end
                for update skip locked
            ), purged as (
                delete from processing_queue q
                where q.id = any (array(select id from free))
                returning 1
            )
            select (select count(*) from purged) as purged,
                   (select count(*) from meant) - (select count(*) from purged) as left,
                   coalesce((select max(id) from seen), 0) as reached,
                   coalesce((select bool_or(created_at < now() - make_interval(secs =>
                                 case when id <= :lastAdopted then :adoptedSeconds else least(:completedSeconds, :deadSeconds) end)) from seen), false) as more
            """;

    private static final String PURGE_REPLICAS = """
            delete from worker_instance w
            where w.ended_at < now() - interval '1 day'
              and not exists (select from processing_claim c where c.instance_id::text = w.id::text)
            """;

    // What failed first has the smallest id, near enough: it reads what it deletes.
    private static final String PURGE_ATTEMPTS = """
            with oldest as materialized (
                select id, finished_at < now() - make_interval(secs => :keptSeconds) as old
                from processing_log
                order by id
                limit :limit
            ), purged as (
                delete from processing_log
                where id = any (array(select id from oldest where old))
                returning 1
            )
            select count(*) from purged
            """;

    private static final String LAST_ADOPTED = """
            select max(last_id) from adoption
            """;

    /** Most records that one step looks at. */
    public static final int WINDOW = 2_000;

    private final JdbcClient jdbc;

    Retention(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What may be deleted.
     *
     * @param completed how long completed records are kept, from their completion
     * @param dead how long dead letters are kept, from their failure
     * @param adopted how long either is kept that an adoption has found; null means for ever
     * @param lastAdopted the last id of what an adoption has found; null if there was none
     * @param flows whose records may be deleted; those of flows that this version does not know are left alone
     */
    public record Terms(
            Duration completed,
            Duration dead,
            @Nullable Duration adopted,
            @Nullable Long lastAdopted,
            Collection<String> flows) {

        /** The same for fewer flows. */
        public Terms of(Collection<String> fewer) {
            return new Terms(completed, dead, adopted, lastAdopted, fewer);
        }

        /** The first id of which anything may ever be deleted. */
        public long first() {
            return adopted == null && lastAdopted != null ? lastAdopted + 1 : Long.MIN_VALUE;
        }

        JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement) {
            // Nothing is older than null.
            return statement
                    .param("completedSeconds", Seconds.of(completed))
                    .param("deadSeconds", Seconds.of(dead))
                    .param("adoptedSeconds", adopted == null ? null : Seconds.of(adopted), Types.DOUBLE)
                    .param("lastAdopted", lastAdopted, Types.BIGINT);
        }
    }

    /**
     * How far a walk has come.
     *
     * @param purged records deleted by this step
     * @param left records that should have been deleted and were not, because they are locked or something keeps them
     * @param reached the last id that was looked at; 0 if there was none
     * @param more whether the next window may hold something that is old enough
     */
    public record Step(int purged, int left, long reached, boolean more) {}

    /** The last id of what an adoption has found; null if there was none. */
    public @Nullable Long lastAdopted() {
        return jdbc.sql(LAST_ADOPTED)
                .query((row, rowNumber) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single()
                .orElse(null);
    }

    /**
     * Takes one step of a walk: deletes what may be deleted of a window of ids, all or nothing.
     *
     * @param from the first id of the window; {@link Long#MIN_VALUE} begins a walk
     * @param except ids of records that are passed over
     * @throws org.springframework.dao.DataAccessException if one of the records cannot be deleted; none was then
     */
    public Step purge(long from, Terms terms, Collection<Long> except) {
        return terms.bind(jdbc.sql(PURGE))
                .param("from", from)
                .param("window", WINDOW)
                .param("flows", terms.flows().toArray(String[]::new), Types.ARRAY)
                .param("except", except.toArray(Long[]::new), Types.ARRAY)
                .query(Step.class)
                .single();
    }

    /** Deletes the rows of replicas that ended more than a day ago and left nothing behind. */
    public void purgeReplicas() {
        jdbc.sql(PURGE_REPLICAS).update();
    }

    /**
     * Deletes attempts from {@code processing_log} that ended longer ago than {@code kept}, one bounded batch.
     *
     * @return how many; 0 if none is left
     */
    public int purgeAttempts(Duration kept) {
        return jdbc.sql(PURGE_ATTEMPTS)
                .param("keptSeconds", Seconds.of(kept))
                .param("limit", WINDOW)
                .query(Integer.class)
                .single();
    }
}
