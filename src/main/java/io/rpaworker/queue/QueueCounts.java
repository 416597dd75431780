package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts records without reading completed ones: what is pending, processing or failed has a small index or a claim;
 * completed is what is left of the flow's total, which triggers keep.
 */
@Component
public class QueueCounts {

    // - Flow by flow: asked for all of them at once, PostgreSQL reads the whole table where it has no statistics, as
    //   after a restore.
    // - offset 0 keeps the lateral select apart, so that it is one walk over the primary key for each claim. Joined
    //   freely, a table that was not analyzed since it grew was read whole and each row compared with every id of its
    //   claim: 9 s for 20,000 records.
    private static final String COUNT = """
            with flow as materialized (
                select flow_name, sum(records) as total from queue_total group by flow_name having sum(records) <> 0
            ), under_way (flow_name, records) as (
                select q.flow_name, count(*)
                from processing_claim c
                cross join lateral (
                    select flow_name
                    from processing_queue
                    where id = any (c.record_ids) and claim_id = c.claim_id and status = 'processing'
                    offset 0
                ) q
                group by q.flow_name
                union all
                select flow_name, count(*)
                from processing_queue
                where claimed_at is not null and claim_id is null and status = 'processing'
                group by flow_name
            ), counted as (
                select f.flow_name, f.total,
                       (select count(*) from processing_queue q
                        where q.flow_name = f.flow_name and q.claimed_at is null) as pending,
                       coalesce((select sum(u.records) from under_way u where u.flow_name = f.flow_name), 0)
                           as processing,
                       (select count(*) from processing_queue q
                        where q.flow_name = f.flow_name and q.failed_at is not null) as failed
                from flow f
            )
            select flow_name, pending, processing, failed, total - pending - processing - failed as completed
            from counted
            """;

    // One probe of the waiting index for each flow.
    private static final String OLDEST = """
            select f.flow_name,
                   extract(epoch from clock_timestamp() - (
                       select min(q.available_at) from processing_queue q
                       where q.flow_name = f.flow_name and q.claimed_at is null and q.available_at <= now())) as seconds
            from (select distinct flow_name from queue_total) f
            """;

    private static final String FOLD = """
            with gone as (
                delete from queue_total
                where ctid = any (array(select ctid from queue_total order by ctid limit 50000 for update skip locked))
                returning flow_name, records
            )
            insert into queue_total
            select flow_name, sum(records) from gone group by flow_name having sum(records) <> 0
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
                            row.getLong("failed")));
        });
        return counts;
    }

    /** How long the oldest due record of each flow has waited; flows without a due record are absent. */
    public Map<String, Duration> oldestAges() {
        var ages = new TreeMap<String, Duration>();
        jdbc.sql(OLDEST).query(row -> {
            double seconds = row.getDouble("seconds");
            if (!row.wasNull()) {
                ages.put(row.getString("flow_name"), Duration.ofMillis((long) (seconds * 1000)));
            }
        });
        return ages;
    }

    /** Adds up the rows that inserting and deleting statements left, so that reading the totals stays cheap. */
    public void fold() {
        jdbc.sql(FOLD).update();
    }
}
