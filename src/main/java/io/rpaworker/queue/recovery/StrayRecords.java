package io.rpaworker.queue.recovery;

import io.rpaworker.database.RpaDbPools;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Releases stray records: those that are {@code processing} under a claim that has no row. Recovery finds what a
 * claim's row names, so nobody else would ever come back to them. No statement of this version leaves one behind; an
 * earlier version, a foreign statement or a server that lost commits may.
 *
 * <p>It walks the primary key in windows, because an index that finds them would have to be maintained by every
 * completion.
 */
@Component
public class StrayRecords {

    // - Claim and row are written, and row and completion are deleted and written, by one statement or transaction:
    // what
    //   one snapshot sees without a row has none. A minute more, for a claim that an older version forgets too early.
    // - Seen and locked are two moments: the guard asks once more, and skips what somebody has locked.
    private static final String RELEASE = """
            with seen as materialized (
                select id, status, claim_id, claimed_at
                from processing_queue
                where id > :after
                order by id
                limit :window
            ), stray as materialized (
                select q.id
                from processing_queue q
                join seen s on s.id = q.id
                where q.id = any (array(
                        select id from seen
                        where status::text = 'processing' and claim_id is not null
                          and claimed_at < now() - interval '1 minute'
                          and not exists (select from processing_claim c where c.claim_id = seen.claim_id)))
                  and q.claim_id = s.claim_id and q.status::text = 'processing'
                for no key update of q skip locked
            ), released as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
                where q.id = any (array(select id from stray)) and q.status::text = 'processing'
                returning q.flow_name
            ), by_flow as (
                select flow_name, count(*) as records from released group by flow_name
            )
            select by_flow.flow_name, coalesce(by_flow.records, 0) as records,
                   walked.reached, walked.rows = :window as more
            from (select coalesce(max(id), :after) as reached, count(*) as rows from seen) walked
            left join by_flow on true
            order by by_flow.flow_name
            """;

    private static final int WINDOW = 5_000;

    private final JdbcClient jdbc;

    StrayRecords(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stray records of one flow.
     *
     * @param flow whose
     * @param records how many
     */
    public record Stray(String flow, int records) {}

    /**
     * How far a walk has come.
     *
     * @param released what this step found and made pending again, by flow; empty if nothing was stray
     * @param reached the last id that was looked at
     * @param more whether there may be records after it
     */
    public record Step(List<Stray> released, long reached, boolean more) {}

    /**
     * Takes one step of a walk: releases the stray records in a window of ids after {@code after}, which have been
     * claimed for longer than a minute. Two may do it at once, and twice.
     *
     * @param after {@link Long#MIN_VALUE} for the first step
     */
    public Step release(long after) {
        return jdbc.sql(RELEASE).param("after", after).param("window", WINDOW).query(rows -> {
            var released = new ArrayList<Stray>();
            long reached = after;
            boolean more = false;
            while (rows.next()) {
                String flow = rows.getString("flow_name");
                if (flow != null) {
                    released.add(new Stray(flow, rows.getInt("records")));
                }
                reached = rows.getLong("reached");
                more = rows.getBoolean("more");
            }
            return new Step(List.copyOf(released), reached, more);
        });
    }
}
