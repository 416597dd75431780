package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts records without reading completed ones: what is pending, processing or failed, or has a status of somebody's
 * own, has a small index or a claim; completed is what is left of the flow's total, which triggers keep.
 */
@Component
public class QueueCounts {

    // - Flow by flow: asked for all of them at once, PostgreSQL reads the whole table where it has no statistics, as
    //   after a restore.
    // - offset 0 keeps the lateral select apart, so that it is one walk over the primary key for each claim. Joined
    //   freely, a table that was not analyzed since it grew was read whole and each row compared with every id of its
    //   claim: 9 s for 20,000 records.
    // - Producers may invent flows: all that is summed up is summed up at once, without a join, and materialized, or
    //   PostgreSQL does it again for each flow and each column: for 100,000 flows four times as long, and the square
    //   where as many records are under way.
    private static final String COUNT = """
            with flow as materialized (
                select flow_name::text, sum(records)::bigint as total, sum(processing) as processing
                from (
                    select flow_name, records, 0 as processing from queue_total
                    union all
                    select q.flow_name, 0, 1
                    from processing_claim c
                    cross join lateral (
                        select flow_name
                        from processing_queue
                        where id = any (c.record_ids) and claim_id = c.claim_id and status::text = 'processing'
                        offset 0
                    ) q
                    union all
                    select flow_name, 0, 1
                    from processing_queue
                    where claimed_at is not null and claim_id is null and status::text = 'processing'
                ) seen
                group by flow_name
                having sum(records) <> 0::numeric
            ), counted as materialized (
                select f.flow_name, f.total, f.processing,
                       (select count(*) from processing_queue q
                        where q.flow_name::text = f.flow_name and q.claimed_at is null) as pending,
                       (select count(*) from processing_queue q
                        where q.flow_name::text = f.flow_name and q.failed_at is not null) as failed,
                       (select count(*) from processing_queue q
                        where q.flow_name::text = f.flow_name
                          and q.claim_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff') as other
                from flow f
            )
            select flow_name, pending, processing, failed, other,
                   total - pending - processing - failed - other as completed
            from counted
            """;

    // Two probes of the waiting index for each flow. What is available since for ever has waited since it was added:
    // before version 17 PostgreSQL cannot subtract an infinite time. Asked for by a bound and in the index's order, or
    // a table with many of them would be read until one is found that waits.
    private static final String OLDEST = """
            select f.flow_name,
                   extract(epoch from clock_timestamp() - least(
                       (select min(q.available_at) from processing_queue q
                        where q.flow_name::text = f.flow_name and q.claimed_at is null
                          and q.available_at > '-infinity' and q.available_at <= now()),
                       (select case when isfinite(q.created_at) then q.created_at end
                        from processing_queue q
                        where q.flow_name::text = f.flow_name and q.claimed_at is null
                          and q.available_at <= '-infinity'
                        order by q.available_at, q.id
                        limit 1))) as seconds
            from (select distinct flow_name::text from queue_total) f
            """;

    // Both are the ends of an index: what is due lies before, and a dead letter has no next attempt.
    private static final String LATER = """
            select f.flow_name,
                   (select count(*) from processing_queue q
                    where q.flow_name::text = f.flow_name and q.claimed_at is null and q.available_at > now()) as postponed,
                   (select count(*) from processing_queue q
                    where q.flow_name::text = f.flow_name and q.next_retry_at is not null) as retrying
            from (select distinct flow_name::text from queue_total) f
            """;

    private static final String FLOWS = """
            select flow_name
            from queue_total
            group by flow_name
            having sum(records) > 0::numeric
            order by flow_name
            limit :limit
            """;

    private static final String ANY = """
            select coalesce(sum(records), 0) > 0::numeric from queue_total where flow_name::text = cast(:flow as text)
            """;

    // - Only flows that have more than one row, or nothing: of 100,000 flows the same rows would be written anew each
    //   time. Sorted by the names' hashes, which takes less time, so that rows of one flow go together.
    // - Bounds on what is read and on what is written, however long nobody has folded: about a second.
    private static final String FOLD = """
            with gone as (
                delete from queue_total
                where ctid = any (array(
                    select place
                    from (
                        select ctid as place, count(*) over flow as rows, sum(records) over flow as total
                        from (select ctid, flow_name, records from queue_total limit 500000) some_rows
                        window flow as (partition by hashtext(flow_name::text), flow_name)
                    ) counted
                    where rows > 1 or total = 0::numeric
                    limit 50000))
                returning flow_name, records
            )
            insert into queue_total
            select flow_name, sum(records) from gone group by flow_name having sum(records) <> 0::numeric
            """;

    private final JdbcClient jdbc;

    QueueCounts(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Counts every flow that has records, by name. */
    public SortedMap<String, StatusCounts> byFlow() {
        var counts = new TreeMap<String, StatusCounts>();
        jdbc.sql(COUNT).query(row -> {
            counts.put(
                    row.getString("flow_name"),
                    new StatusCounts(
                            row.getLong("pending"),
                            row.getLong("processing"),
                            row.getLong("completed"),
                            row.getLong("failed"),
                            row.getLong("other")));
        });
        return counts;
    }

    /**
     * How long the oldest due record of each flow has waited, by PostgreSQL's clock; flows without a due record are
     * absent. One that is available since {@code -infinity} has waited since it was added; if that is infinite as well,
     * it is left out.
     */
    public Map<String, Duration> oldestAges() {
        var ages = new TreeMap<String, Duration>();
        jdbc.sql(OLDEST).query(row -> {
            double seconds = row.getDouble("seconds");
            if (!row.wasNull()) {
                // Whoever adds a record may say that it was added tomorrow.
                ages.put(row.getString("flow_name"), Duration.ofMillis((long) (Math.max(0, seconds) * 1000)));
            }
        });
        return ages;
    }

    /**
     * Records of a flow that wait for their time.
     *
     * @param postponed pending, and not to be claimed yet
     * @param retrying failed, and another attempt is due now or later
     */
    public record Later(long postponed, long retrying) {

        /** No record at all. */
        public static final Later NONE = new Later(0, 0);
    }

    /** How many records of each flow wait for their time; flows without records are absent. */
    public Map<String, Later> later() {
        var later = new TreeMap<String, Later>();
        jdbc.sql(LATER).query(row -> {
            later.put(row.getString("flow_name"), new Later(row.getLong("postponed"), row.getLong("retrying")));
        });
        return later;
    }

    /** The first flows that have records, by name. */
    public List<String> flows(int limit) {
        return jdbc.sql(FLOWS).param("limit", limit).query(String.class).list();
    }

    /** Whether a flow has records. */
    public boolean anyOf(String flow) {
        return jdbc.sql(ANY).param("flow", flow).query(Boolean.class).single();
    }

    /** Adds up the rows that inserting and deleting statements left, so that reading the totals stays cheap. */
    public void fold() {
        jdbc.sql(FOLD).update();
    }
}
