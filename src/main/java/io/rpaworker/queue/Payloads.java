package io.rpaworker.queue;

import io.rpaworker.queue.Claim.ClaimedRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads payloads that a claim did not bring along. The claim is committed by then: if a payload ends this process, it
 * is known what was under way.
 */
final class Payloads {

    private static final String READ = """
            select id, key, content, flaw
            from read_payloads(:claim, cast(:ids as bigint[]), :maxBytes, :maxPayloadBytes)
            """;

    // The claim's row must not name them any longer than it holds them: it is deleted when the others are settled.
    private static final String RELEASE = """
            with released as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
                where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
                returning q.id
            )
            update processing_claim c
            set record_ids = array(
                select booked.id
                from pg_catalog.unnest(c.record_ids) with ordinality as booked (id, place)
                where booked.id not in (select id from released)
                order by booked.place)
            where c.claim_id = :claim
            """;

    // An adopted table may have let it be null: it is a bad payload like any other.
    private static final String NO_PAYLOAD = "null";

    private final JdbcClient jdbc;
    private final PayloadLimit limit;

    Payloads(JdbcClient jdbc, PayloadLimit limit) {
        this.jdbc = jdbc;
        this.limit = limit;
    }

    private record Content(
            long id,
            @Nullable String key,
            @Nullable String text,
            @Nullable String flaw) {

        ClaimedRecord of(ClaimedRecord record) {
            return record.with(key, text == null ? NO_PAYLOAD : text, flaw);
        }
    }

    /**
     * Reads in the records' order, one after the other.
     *
     * @param maxBytes once so much is read, the other records are released
     * @return the records that were read, each with its payload or with its flaw
     */
    Claim read(Claim claim, long maxBytes) {
        Map<Long, Content> read = new HashMap<>();
        jdbc.sql(READ)
                .param("claim", claim.id())
                .param("ids", ids(claim.records()))
                .param("maxBytes", maxBytes)
                .param("maxPayloadBytes", limit.bytes())
                .query(Payloads::content)
                .list()
                .forEach(it -> read.put(it.id(), it));
        var whole = new ArrayList<ClaimedRecord>();
        var rest = new ArrayList<ClaimedRecord>();
        for (ClaimedRecord record : claim.records()) {
            Content content = read.get(record.id());
            if (content == null) {
                rest.add(record);
            } else {
                whole.add(content.of(record));
            }
        }
        release(claim.id(), rest);
        return new Claim(claim.id(), claim.flow(), List.copyOf(whole));
    }

    private void release(UUID claimId, List<ClaimedRecord> rest) {
        if (!rest.isEmpty()) {
            jdbc.sql(RELEASE).param("claim", claimId).param("ids", ids(rest)).update();
        }
    }

    private static long[] ids(List<ClaimedRecord> records) {
        return records.stream().mapToLong(ClaimedRecord::id).toArray();
    }

    private static Content content(ResultSet row, int rowNumber) throws SQLException {
        return new Content(row.getLong(1), row.getString(2), row.getString(3), row.getString(4));
    }
}
