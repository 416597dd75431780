package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.queue.Claim.ClaimedRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Claims records. */
@Component
public class Claims {

    // - The case hides two conditions from the planner, which would take them to leave one row in two hundred, and
    //   sort the whole table instead of walking the index: 0.158 ms a record instead of 0.02.
    // - due is materialized and one row of arrays: under a nested loop, "id in (select ... limit n for update)" claims
    //   more than n, "update ... from due" becomes a sequential scan at large n, and a row for each record would be
    //   written down and read again at each step, a tenth of a claim.
    // - A row that is locked stays where it is, so it is found again by its place: no second way through an index.
    // - The claim's row, written with it, is how the records of a dead replica are found.
    // - A claim that a crash of PostgreSQL loses is a pending record again and the fence stops its former owner, so it
    //   need not wait for the disk: synchronous_commit is off for this one statement.
    private static final String CLAIM = """
            with due as materialized (
                select array_agg(place) as places, array_agg(id) as ids, array_agg(bytes) as sizes,
                       sum(bytes) as total
                from (
                    select ctid as place, id,
                           coalesce(
                               case when pg_column_compression(payload) is null then pg_column_size(payload)
                                    else octet_length(payload::text) end, 0) as bytes
                    from processing_queue
                    where flow_name = :flow
                      and claimed_at is null
                      and (available_at, id) > (:after, :afterId)
                      and available_at <= now()
                      and case when crash_count <= 1 and id % :partitions = :partition then true else false end
                      and exists (
                          select from worker_instance
                          where id = :replica and ended_at is null and lease_until > clock_timestamp())
                    order by available_at, id
                    limit :limit
                    for no key update skip locked) locked
            ), fitting as materialized (
                select trim_array(places, excess) as places, trim_array(ids, excess) as ids
                from (
                    select places, ids,
                           case when total <= :maxBytes then 0 else records_beyond(sizes, :maxBytes) end as excess
                    from due) counted
            ), booked as (
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select :claim, :replica, :flow, ids
                from fitting
                where cardinality(ids) > 0 and (select set_config('synchronous_commit', 'off', true)) = 'off'
            )
            update processing_queue
            set status = 'processing', claim_id = :claim, flow_instance_id = :replica,
                claimed_at = now(), updated_at = now()
            where ctid = any (cast((select places from fitting) as tid[]))
            returning id, record_key, payload, retry_count, created_at, available_at, (select now())
            """;

    // A suspect - a record that was under way when two processes died - is claimed alone, and by anybody: it is a rare
    // visitor, and partitions must not keep it waiting.
    private static final String CLAIM_SUSPECT = """
            with due as materialized (
                select id
                from processing_queue
                where flow_name = :flow
                  and claimed_at is null
                  and crash_count > 1
                  and available_at <= now()
                  and exists (
                      select from worker_instance
                      where id = :replica and ended_at is null and lease_until > clock_timestamp())
                order by id
                limit 1
                for no key update skip locked
            ), claimed as (
                update processing_queue
                set status = 'processing', claim_id = :claim, flow_instance_id = :replica,
                    claimed_at = now(), updated_at = now()
                where id = any (array(select id from due))
                returning id, record_key, payload, retry_count, created_at, available_at
            ), booked as (
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select :claim, :replica, :flow, array_agg(id) from claimed having count(*) > 0
            )
            select id, record_key, payload, retry_count, created_at, available_at, now() from claimed
            """;

    // An adopted table may have let it be null: it is a bad payload like any other.
    private static final String NO_PAYLOAD = "null";

    private static final OffsetDateTime ALWAYS = OffsetDateTime.MIN;

    private static final Comparator<ClaimedRecord> OLDEST_FIRST =
            Comparator.comparing(ClaimedRecord::availableAt).thenComparingLong(ClaimedRecord::id);

    private final JdbcClient jdbc;

    Claims(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Claims due records, oldest first. Records that another replica is claiming at this moment are skipped, not waited
     * for. Suspects are left to {@link #claimSuspect}.
     *
     * @return the claim; empty if nothing is due, or if the replica's lease has ended
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer; what it may have claimed under
     *     the request's id falls due again with the replica's lease, or when it is revoked and released by that id
     */
    public Claim claim(ClaimRequest request) {
        Position after = request.after();
        List<ClaimedRecord> records = jdbc.sql(CLAIM)
                .param("flow", request.flow())
                .param("after", after == null ? ALWAYS : time(after.availableAt()))
                .param("afterId", after == null ? Long.MIN_VALUE : after.id())
                .param("partition", request.partition().index())
                .param("partitions", request.partition().count())
                .param("replica", request.replicaId())
                .param("limit", request.limit())
                .param("maxBytes", request.maxBytes())
                .param("claim", request.claimId())
                .query(Claims::toRecords);
        // Nearly in order already; PostgreSQL would carry every payload through its sort.
        List<ClaimedRecord> ordered = records.stream().sorted(OLDEST_FIRST).toList();
        return new Claim(request.claimId(), request.flow(), ordered);
    }

    /**
     * Claims one suspect: a record that was under way when two processes died. It must run while nothing else runs in
     * this process, so that one more crash can be put down to it; {@link BookedClaims#runsAlone} says when it does.
     *
     * @return a claim of one record; empty if the flow has no suspect
     */
    public Claim claimSuspect(UUID claimId, String replicaId, String flow) {
        List<ClaimedRecord> records = jdbc.sql(CLAIM_SUSPECT)
                .param("flow", flow)
                .param("replica", replicaId)
                .param("claim", claimId)
                .query(Claims::toRecords);
        return new Claim(claimId, flow, records);
    }

    // Columns by number, and the time of the statement once: for each of many rows, names are looked up and dates are
    // taken apart for nothing.
    private static List<ClaimedRecord> toRecords(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return List.of();
        }
        Instant now = instant(rows, 7);
        var records = new ArrayList<ClaimedRecord>();
        do {
            @Nullable String key = rows.getString(2);
            @Nullable String payload = rows.getString(3);
            Instant availableAt = instant(rows, 6);
            records.add(new ClaimedRecord(
                    rows.getLong(1),
                    key,
                    payload == null ? NO_PAYLOAD : payload,
                    rows.getInt(4),
                    instant(rows, 5),
                    availableAt,
                    waited(availableAt, now)));
        } while (rows.next());
        return records;
    }

    // As long as nanoseconds can tell, at most.
    private static Duration waited(Instant since, Instant now) {
        return Duration.of(
                Math.clamp(ChronoUnit.MICROS.between(since, now), 0, Long.MAX_VALUE / 1_000), ChronoUnit.MICROS);
    }

    // The way back of the next one.
    private static OffsetDateTime time(Instant availableAt) {
        return availableAt.equals(Instant.EPOCH) ? ALWAYS : availableAt.atOffset(ZoneOffset.UTC);
    }

    // -infinity and infinity become 1970.
    private static Instant instant(ResultSet row, int column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time.equals(ALWAYS) || time.equals(OffsetDateTime.MAX) ? Instant.EPOCH : time.toInstant();
    }
}
