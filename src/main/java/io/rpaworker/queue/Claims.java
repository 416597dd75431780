package io.rpaworker.queue;

import io.rpaworker.database.DatabaseError;
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
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Claims records, whatever limits their flow has: see {@link LimitedClaims}. */
@Component
class Claims {

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    // What a payload may do to a statement; an outage, or a missing right, is none of theirs.
    private static final Set<DatabaseError> OF_THE_RECORDS =
            Set.of(DatabaseError.DATA, DatabaseError.INTERNAL, DatabaseError.TIMEOUT, DatabaseError.OTHER);

    // - The case hides two conditions from the planner, which would take them to leave one row in two hundred, and
    //   sort the whole table instead of walking the index: 0.158 ms a record instead of 0.02.
    // - due is materialized and one row of arrays: under a nested loop, "id in (select ... limit n for update)" claims
    //   more than n, "update ... from due" becomes a sequential scan at large n, and a row for each record would be
    //   written down and read again at each step, a tenth of a claim.
    // - PostgreSQL's remainder has the sign of the id.
    // - Payloads come along only if all of them are small, packed and unpacked, which "#> '{}'" tells without a text.
    //   Others are read once the claim is committed, so that one which ends this process is known to have been under
    //   way, and with care: see Payloads. Even a small one may be ten thousand times as long as text, since PostgreSQL
    //   writes numbers out: domain claimed_text ends the claim at the first such text, and it is made again without
    //   payloads. That costs a fiftieth of a claim; to build each text once more, only to measure it, or to look for
    //   large numbers, would be a fifth.
    // - A row that is locked stays where it is, so it is found again by its place: no second way through an index.
    // - A pause is asked for by the claim itself: once it is committed, nothing is claimed, whatever a replica knows.
    //   That of the flow which it belongs to holds too; its own only SQL can have ordered.
    // - What was under way when it was cancelled, and came back, does not run again before that is carried out.
    // - The claim's row, written with it, is how the records of a dead replica are found.
    // - A claim that a crash of PostgreSQL loses is a pending record again and the fence stops its former owner, so it
    //   need not wait for the disk: synchronous_commit is off for this one statement.
    private static final String CLAIM = """
            with due as materialized (
                select pg_catalog.array_agg(place) as places, pg_catalog.array_agg(id) as ids,
                       pg_catalog.array_agg(bytes) as sizes, sum(bytes) as total, max(bytes) <= 16384 as plain
                from (
                    select ctid as place, id,
                           coalesce(
                               case when :along and pg_catalog.pg_column_compression(payload) is not null
                                         and pg_catalog.pg_column_size(payload) <= 16384
                                    then pg_catalog.pg_column_size(payload #> '{}'::text[])
                                    else pg_catalog.pg_column_size(payload) end, 0) as bytes
                    from processing_queue
                    where flow_name::text = cast(:flow as text)
                      and claimed_at is null
                      and (available_at, id) > (:after, :afterId)
                      and available_at <= now()
                      and case when crash_count <= 1
                                    and id <> all (array(select record_id from record_cancellation))
                                    and (id % cast(:partitions as bigint) = :partition
                                        or id % cast(:partitions as bigint) = :partition - :partitions)
                               then true else false end
                      and exists (
                          select from worker_instance
                          where id::text = cast(:replica as text)
                            and ended_at is null and lease_until > clock_timestamp())
                      and not exists (
                          select from flow_control
                          where (flow_name::text = cast(:owner as text) or flow_name::text = cast(:flow as text))
                            and (paused_until is null or paused_until > clock_timestamp()))
                    order by available_at, id
                    limit :limit
                    for no key update skip locked) locked
            ), fitting as materialized (
                select pg_catalog.trim_array(places, excess) as places, pg_catalog.trim_array(ids, excess) as ids,
                       :along and plain is not false as along
                from (
                    select places, ids, plain,
                           case when total <= :maxBytes then 0 else records_beyond(sizes, :maxBytes) end as excess
                    from due) counted
            ), booked as (
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select :claim, :replica, :flow, ids
                from fitting
                where pg_catalog.cardinality(ids) > 0
                  and (select set_config('synchronous_commit', 'off', true)) = 'off'
            )
            update processing_queue
            set status = 'processing', claim_id = :claim, flow_instance_id = :replica,
                claimed_at = now(), updated_at = now()
            where ctid = any (cast((select places from fitting) as tid[]))
            returning id, case when (select along from fitting) then coalesce(record_key, run_key) end,
                      case when (select along from fitting) then coalesce(payload::text::claimed_text, 'null') end,
                      retry_count, created_at, available_at, (select now())
            """;

    // A suspect - a record that was under way when two processes died - is claimed alone, and by anybody: it is a rare
    // visitor, and partitions must not keep it waiting. Without its payload, which may be what ends processes.
    private static final String CLAIM_SUSPECT = """
            with due as materialized (
                select id
                from processing_queue
                where flow_name::text = cast(:flow as text)
                  and claimed_at is null
                  and crash_count > 1
                  and available_at <= now()
                  and id <> all (array(select record_id from record_cancellation))
                  and exists (
                      select from worker_instance
                      where id::text = cast(:replica as text)
                        and ended_at is null and lease_until > clock_timestamp())
                  and not exists (
                      select from flow_control
                      where (flow_name::text = cast(:owner as text) or flow_name::text = cast(:flow as text))
                        and (paused_until is null or paused_until > clock_timestamp()))
                order by id
                limit 1
                for no key update skip locked
            ), claimed as (
                update processing_queue
                set status = 'processing', claim_id = :claim, flow_instance_id = :replica,
                    claimed_at = now(), updated_at = now()
                where id = any (array(select id from due))
                returning id, retry_count, created_at, available_at
            ), booked as (
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select :claim, :replica, :flow, pg_catalog.array_agg(id) from claimed having count(*) > 0
            )
            select id, null, null, retry_count, created_at, available_at, now() from claimed
            """;

    private static final String UNREAD = "";

    private static final OffsetDateTime ALWAYS = OffsetDateTime.MIN;

    private static final Comparator<ClaimedRecord> OLDEST_FIRST =
            Comparator.comparing(ClaimedRecord::availableAt).thenComparingLong(ClaimedRecord::id);

    private final JdbcClient jdbc;
    private final Payloads payloads;

    Claims(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, PayloadLimit limit) {
        this.jdbc = jdbc;
        this.payloads = new Payloads(jdbc, limit);
    }

    /**
     * Claims due records, oldest first. Records that another replica is claiming at this moment are skipped, not waited
     * for. Suspects are left to {@link #claimSuspect}. Records whose payload cannot be read have a flaw instead; those
     * that turn out not to fit into the claim are pending again.
     *
     * @return the claim; empty if nothing is due, or if the replica's lease has ended
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer; what it may have claimed under
     *     the request's id falls due again with the replica's lease, or when it is revoked and released by that id
     */
    Claim claim(ClaimRequest request) {
        return read(request.careful() ? claimUnread(request) : claimWhole(request), request);
    }

    /** The same without payloads; {@link #read} has to follow once that is committed. */
    Claim claimUnread(ClaimRequest request) {
        return claim(request, false);
    }

    private Claim claimWhole(ClaimRequest request) {
        try {
            return claim(request, true);
        } catch (DataAccessException e) {
            if (DatabaseError.of(e).filter(OF_THE_RECORDS::contains).isEmpty()) {
                throw e;
            }
            log.debug("Claim of {} fails for what its records hold; it is made without them", request.flow(), e);
            return claimUnread(request);
        }
    }

    /** Reads the payloads that a claim did not bring along; what does not fit is released. */
    Claim read(Claim claim, ClaimRequest request) {
        boolean isRead = claim.records().stream().allMatch(ClaimedRecord::isRead);
        return isRead ? claim : payloads.read(claim, request.maxBytes());
    }

    private Claim claim(ClaimRequest request, boolean along) {
        Position after = request.after();
        List<ClaimedRecord> records = jdbc.sql(CLAIM)
                .param("flow", request.flow())
                .param("owner", request.owner())
                .param("after", after == null ? ALWAYS : time(after.availableAt()))
                .param("afterId", after == null ? Long.MIN_VALUE : after.id())
                .param("partition", request.partition().index())
                .param("partitions", request.partition().count())
                .param("replica", request.replicaId())
                .param("limit", request.limit())
                .param("maxBytes", request.maxBytes())
                .param("along", along)
                .param("claim", request.claimId())
                .query(Claims::toRecords);
        // Nearly in order already; PostgreSQL would carry every payload through its sort.
        List<ClaimedRecord> ordered = records.stream().sorted(OLDEST_FIRST).toList();
        return new Claim(request.claimId(), request.flow(), ordered);
    }

    /**
     * Claims one suspect: a record that was under way when two processes died. It must run while nothing else runs in
     * this process, so that one more crash can be put down to it; {@link ClaimJournal#runsAlone} says when it does, and
     * only then is its payload to be read: that alone may end a process.
     *
     * @param owner see {@link ClaimRequest#owner}
     * @return a claim of one record, not read; empty if the flow has no suspect
     */
    Claim claimSuspect(UUID claimId, String replicaId, String flow, String owner) {
        List<ClaimedRecord> records = jdbc.sql(CLAIM_SUSPECT)
                .param("flow", flow)
                .param("owner", owner)
                .param("replica", replicaId)
                .param("claim", claimId)
                .query(Claims::toRecords);
        return new Claim(claimId, flow, records);
    }

    /**
     * Reads the payload of a suspect.
     *
     * @return the claim with its record read, or found to be flawed; empty if it is nobody's any more, or cannot be
     *     read just now
     */
    Claim readSuspect(Claim claim) {
        return payloads.read(claim, 1);
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
                    payload == null ? UNREAD : payload,
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
