package io.rpaworker.queue.recovery;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Batch;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes records pending again that a Python worker claimed and never settled; in the end, dead letters. */
@Component
public class PythonOrphans {

    // - What Python workers claimed has no claim_id and no lease; its age decides, as in the old system. A count stays
    //   at its end, as in Failures.
    // - Each time is taken for a crash, and after so many of them the record is poison. Records of one claim have one
    //   claimed_at: what was left of its claim alone is to blame, what was in company only after twice as many times.
    //   After the second time our replicas run it alone, so that its neighbours are cleared where one runs the flow.
    private static final String RECOVER = """
            with orphan as materialized (
                select id, claimed_at, flow_instance_id, least(greatest(crash_count, 0), 2147483646) + 1 as crashes
                from processing_queue
                where claimed_at < now() - make_interval(secs => :timeoutSeconds)
                  and claimed_at is not null and claim_id is null
                  and status::text = 'processing' and flow_name::text = cast(:flow as text)
                order by claimed_at
                limit :limit
                for no key update skip locked
            ), poison as materialized (
                select id
                from orphan
                where crashes >= :maxCrashes
                  and (crashes >= 2 * :maxCrashes
                      or not exists (
                          select from processing_queue q
                          where q.claimed_at = orphan.claimed_at and q.claimed_at is not null and q.claim_id is null
                            and q.status::text = 'processing' and q.id <> orphan.id))
            ), freed as (
                update processing_queue q
                set status = 'pending', claimed_at = null, flow_instance_id = null, updated_at = now(),
                    retry_count = least(greatest(q.retry_count, 0), 2147483646) + 1,
                    crash_count = least(greatest(q.crash_count, 0), 2147483646) + 1
                where q.id = any (array(select id from orphan except select id from poison))
                  and q.status::text = 'processing' and q.claim_id is null
                returning q.id, coalesce(q.record_key, q.run_key) as record_key, q.retry_count as attempt, false as poison,
                          cast(null as text) as fingerprint,
                          'Was claimed by a worker without a lease that did not settle it' as error
            ), ended as (
                update processing_queue q
                set status = 'failed', failed_at = now(), failure_kind = 'poison', updated_at = now(),
                    claim_id = '00000000-0000-0000-0000-000000000000',
                    crash_count = least(greatest(q.crash_count, 0), 2147483646) + 1,
                    error_message = pg_catalog.format('Was claimed %s times by workers without a lease that did not settle it',
                                                      least(greatest(q.crash_count, 0), 2147483646) + 1),
                    failure_fingerprint = md5(q.flow_name::text || ' poison')
                where q.id = any (array(select id from poison)) and q.status::text = 'processing' and q.claim_id is null
                returning q.id, coalesce(q.record_key, q.run_key) as record_key,
                          least(greatest(q.retry_count, 0), 2147483646) + 1 as attempt, true as poison,
                          q.failure_fingerprint::text as fingerprint, q.error_message as error
            ), recovered as (
                select * from freed union all select * from ended
            ), kept as (
                insert into processing_log (flow_name, record_id, record_key, attempt, outcome, kind, fingerprint, error,
                                            instance, started_at, finished_at)
                select :flow, r.id, r.record_key, r.attempt, case when r.poison then 'dead_letter' else 'retried' end,
                       case when r.poison then 'poison' else 'unknown' end, r.fingerprint, r.error, orphan.flow_instance_id,
                       orphan.claimed_at, now()
                from recovered r
                join orphan on orphan.id = r.id
            )
            select count(*) filter (where not poison) as pending, count(*) filter (where poison) as poison from recovered
            """;

    // Ordered, so that it goes by the index whatever the statistics say.
    private static final String ANY = """
            select count(*) > 0
            from (
                select from processing_queue
                where claimed_at < now() - make_interval(secs => :timeoutSeconds)
                  and claimed_at is not null and claim_id is null and status::text = 'processing'
                order by claimed_at
                limit 1) as oldest
            """;

    private static final String COUNT = """
            select flow_name::text as flow, count(*) as records
            from processing_queue
            where claimed_at < now() - make_interval(secs => :timeoutSeconds)
              and claimed_at is not null and claim_id is null and status::text = 'processing'
            group by flow_name
            order by flow_name
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;
    private final AuditedBatches batches;

    PythonOrphans(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, AuditedBatches batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /**
     * Records that were taken from Python workers.
     *
     * @param pending those that run again
     * @param poison those that became dead letters
     */
    public record Recovered(int pending, int poison) implements Batch {

        /** Both. */
        @Override
        public int records() {
            return pending + poison;
        }

        private Recovered plus(Recovered more) {
            return new Recovered(pending + more.pending, poison + more.poison);
        }
    }

    /** Whether a Python worker claimed a record of any flow longer ago than {@code timeout} and has not settled it. */
    public boolean any(Duration timeout) {
        return jdbc.sql(ANY)
                .param("timeoutSeconds", Seconds.of(timeout))
                .query(Boolean.class)
                .single();
    }

    /** How many records Python workers have held for longer than {@code timeout}, by their flows; none has 0. */
    public SortedMap<String, Long> count(Duration timeout) {
        var counts = new TreeMap<String, Long>();
        jdbc.sql(COUNT).param("timeoutSeconds", Seconds.of(timeout)).query(row -> {
            counts.put(row.getString("flow"), row.getLong("records"));
        });
        return counts;
    }

    /**
     * Recovers records of a flow that a Python worker claimed longer ago than {@code timeout}, one bounded batch; each
     * has used an attempt, as before. Two replicas may do it at once, and twice.
     *
     * @param maxCrashes a record that was recovered so many times, the last time alone, becomes a dead letter instead;
     *     one in company after twice as many times
     * @return how many; none if nothing is left, or if all that is left is being changed by others at this moment
     */
    public Recovered recover(String flow, Duration timeout, int maxCrashes) {
        return jdbc.sql(RECOVER)
                .param("flow", flow)
                .param("timeoutSeconds", Seconds.of(timeout))
                .param("limit", RECORDS)
                .param("maxCrashes", maxCrashes)
                .query(Recovered.class)
                .single();
    }

    /**
     * Recovers the same for an operator, however many there are; the old system's {@code cleanup_orphaned_records}.
     * Each batch is written to {@code operator_action} in its transaction.
     *
     * @param actor who asks for it
     * @return how many, over all batches
     */
    public Recovered recover(String flow, Duration timeout, int maxCrashes, Actor actor) {
        var order = new Order(actor, "recover", flow, Map.of("timeout_seconds", timeout.toSeconds()));
        List<Recovered> all =
                batches.all(order, before -> recover(flow, timeout, maxCrashes), it -> it.records() == RECORDS);
        return all.stream().reduce(new Recovered(0, 0), Recovered::plus);
    }
}
