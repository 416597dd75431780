package io.rpaworker.queue.recovery;

import io.rpaworker.database.RpaDbPools;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Makes records pending again whose owner, a replica, is gone. Every statement is guarded and bounded; two replicas may
 * run them at once, and twice.
 */
@Component
public class Orphans {

    // Mostly there is nothing, and to plan what follows takes far longer than to find that out.
    private static final String ANY = """
            select exists (
                    select from worker_instance where ended_at is null and lease_until < clock_timestamp())
                or exists (
                    select from processing_claim c
                    left join worker_instance w on w.id::text = c.instance_id::text
                    where w.id is null or w.ended_at is not null)
                or exists (
                    select from worker_instance where not crashed and blamed is not null)
            """;

    private static final String DECLARE_DEAD = """
            update worker_instance
            set ended_at = clock_timestamp(), crashed = true
            where ended_at is null and lease_until < clock_timestamp()
            """;

    // - Who is to blame for a crash: the record that ran alone, if one did; else everything that was under way. Once is
    //   what happens to a machine; twice makes a suspect, and no more than that, however often it happens in company.
    //   Only what ran alone becomes poison.
    // - A row that is locked at this moment is being settled by its owner: it is skipped and looked at again.
    // - The limit counts records that can be recovered. If it counted claims, enough of them that are settled or locked
    //   would hide those behind them.
    // - The rows of replicas are locked in the order of their ids: two sweeps that meet would end in a deadlock.
    // - Somebody's SQL may have set a count to anything: it stays at its end, and what is below 0 counts as 0.
    // - What was merely under way in a crash keeps its attempt, so that none is noted: a dead replica may leave
    // thousands.
    private static final String RECOVER = """
            with dead as materialized (
                select c.claim_id, c.record_ids, c.instance_id::text, c.isolated as alone,
                       coalesce(w.crashed, true)
                           and (c.isolated or not exists (
                               select from processing_claim i
                               where i.instance_id::text = c.instance_id::text and i.isolated)) as blamed
                from processing_claim c
                left join worker_instance w on w.id::text = c.instance_id::text
                where w.id is null or w.ended_at is not null
            ), orphan as materialized (
                select held.id, dead.instance_id,
                       dead.blamed and (dead.alone or held.crashes <= 2) as blamed,
                       dead.blamed and dead.alone and held.crashes >= :maxCrashes as poison
                from dead
                cross join lateral (
                    select q.id, least(greatest(q.crash_count, 0), 2147483646) + 1 as crashes
                    from processing_queue q
                    where q.id = any (dead.record_ids) and q.claim_id = dead.claim_id and q.status::text = 'processing'
                    for no key update skip locked) as held
                limit :limit
            ), accused as materialized (
                select id::text
                from worker_instance
                where id::text = any (array(select instance_id from orphan where blamed))
                order by id
                for no key update
            ), noted as (
                update worker_instance w
                set blamed = pg_catalog.array_cat(w.blamed, theirs.ids)
                from (
                    select instance_id, pg_catalog.array_agg(id) as ids
                    from orphan
                    where blamed
                    group by instance_id) as theirs
                where w.id::text = theirs.instance_id and w.id::text = any (array(select id from accused))
            ), poison as (
                update processing_queue q
                set status = 'failed', failed_at = now(), failure_kind = 'poison', updated_at = now(),
                    crash_count = least(greatest(q.crash_count, 0), 2147483646) + 1,
                    error_message = pg_catalog.format('Was under way each of the %s times that a process died',
                                                      least(greatest(q.crash_count, 0), 2147483646) + 1),
                    failure_fingerprint = md5(q.flow_name::text || ' poison')
                where q.id = any (array(select id from orphan where poison)) and q.status::text = 'processing'
                returning q.id, q.flow_name, coalesce(q.record_key, q.run_key) as record_key, q.retry_count,
                          q.failure_fingerprint, q.error_message, q.flow_instance_id, q.claimed_at
            ), kept as (
                insert into processing_log (flow_name, record_id, record_key, attempt, outcome, kind, fingerprint, error,
                                            instance, started_at, finished_at)
                select flow_name, id, record_key, least(greatest(retry_count, 0), 2147483646) + 1, 'dead_letter', 'poison',
                       failure_fingerprint, error_message, flow_instance_id, claimed_at, now()
                from poison
            ), freed as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null,
                    crash_count = case when q.id = any (array(select id from orphan where blamed))
                                       then least(greatest(q.crash_count, 0), 2147483646) + 1
                                       else q.crash_count end,
                    updated_at = now()
                where q.id = any (array(select id from orphan where not poison)) and q.status::text = 'processing'
                returning q.flow_name
            )
            select flow_name as flow, count(*) as records, false as poison from freed group by flow_name
            union all
            select flow_name, count(*), true from poison group by flow_name
            """;

    // - What runs again at this moment is kept for the next time, and what somebody has locked who claims, settles or
    //   deletes it. What is completed or gone needs no acquittal.
    // - A row is judged as it is once it is locked. The snapshot may be older than what somebody has just made of it.
    // - Nothing is waited for, so the order in which others lock does not matter.
    private static final String ACQUIT = """
            with alive as materialized (
                select id::text, blamed
                from worker_instance
                where id::text = cast(:replica as text) and blamed is not null
                for no key update skip locked
            ), free as materialized (
                select id, status, failure_kind, crash_count
                from processing_queue
                where id = any (array(select pg_catalog.unnest(blamed) from alive))
                  and status::text in ('pending', 'failed')
                for no key update skip locked
            ), kept as (
                update worker_instance w
                set blamed = (
                    select pg_catalog.array_agg(q.id)
                    from processing_queue q
                    where q.id = any (alive.blamed) and q.status::text in ('pending', 'processing', 'failed')
                      and not exists (select from free where free.id = q.id))
                from alive
                where w.id::text = alive.id
            ), acquitted as (
                update processing_queue q
                set crash_count = q.crash_count - 1, updated_at = now()
                where q.id = any (array(
                    select id
                    from free
                    where crash_count > 0
                      and (status::text = 'pending'
                          or (status::text = 'failed' and failure_kind::text is distinct from 'poison'))))
                returning 1
            ), revived as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, error_message = null,
                    crash_count = greatest(q.crash_count, 1) - 1, updated_at = now()
                where q.id = any (array(
                    select id from free where status::text = 'failed' and failure_kind::text = 'poison'))
                returning 1
            )
            select (select count(*) from acquitted) + (select count(*) from revived)
            """;

    private static final String WRONGED = """
            select id from worker_instance where not crashed and blamed is not null
            """;

    // All claims of a replica at once, when none of them holds a record any more: until then the row of the one that
    // ran alone says that nothing else is to blame. offset 0 is for the plan, as in QueueCounts.
    private static final String FORGET = """
            with dead as materialized (
                select distinct c.instance_id::text
                from processing_claim c
                left join worker_instance w on w.id::text = c.instance_id::text
                where w.id is null or w.ended_at is not null
            )
            delete from processing_claim
            where instance_id::text = any (array(
                select dead.instance_id
                from dead
                where not exists (
                    select from processing_claim c
                    cross join lateral (
                        select from processing_queue q
                        where q.id = any (c.record_ids) and q.claim_id = c.claim_id and q.status::text = 'processing'
                        offset 0) as held
                    where c.instance_id::text = dead.instance_id)))
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;

    Orphans(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records of one flow that were recovered together.
     *
     * @param flow whose
     * @param records how many
     * @param poison whether they became dead letters, having been under way in too many crashes
     */
    public record Recovered(String flow, int records, boolean poison) {}

    /** Whether a replica has died, has left claims behind, or has come back to be acquitted. */
    public boolean any() {
        return jdbc.sql(ANY).query(Boolean.class).single();
    }

    /**
     * Ends every lease that has run out by PostgreSQL's clock. From then on its holder can neither renew it nor claim.
     *
     * @return how many
     */
    public int declareDead() {
        return jdbc.sql(DECLARE_DEAD).update();
    }

    /**
     * Recovers records of replicas whose lease has ended, one bounded batch. Call it until it answers with nothing;
     * only then are their claims forgotten.
     *
     * @param maxCrashes a record that ran alone and was under way in so many crashes becomes a dead letter instead
     * @return what was recovered; empty if nothing was left, or if all that is left is being settled at this moment
     */
    public List<Recovered> recover(int maxCrashes) {
        List<Recovered> recovered = jdbc.sql(RECOVER)
                .param("limit", RECORDS)
                .param("maxCrashes", maxCrashes)
                .query(Recovered.class)
                .list();
        if (recovered.isEmpty()) {
            jdbc.sql(FORGET).update();
        }
        return recovered;
    }

    /**
     * Takes back what records were blamed for by the death of replicas that have come back since: they had stood still,
     * or been cut off. What had become poison by that is pending again.
     *
     * @return how many records
     */
    public int acquit() {
        return jdbc.sql(WRONGED).query(String.class).list().stream()
                .mapToInt(replica -> jdbc.sql(ACQUIT)
                        .param("replica", replica)
                        .query(Integer.class)
                        .single())
                .sum();
    }
}
