package io.rpaworker.queue.story;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads records with their payloads, by their ids: a few at a time, since payloads are large. */
@Component
public class RecordExport {

    // - By the primary key, and so many rows of whatever flow: where few are meant, each statement still has an end.
    // - The rows that are meant are chosen before a payload is read.
    // - Payloads are read one after the other, until so many bytes are: no stored size tells how long a text is.
    private static final String AFTER = """
            with recursive seen as materialized (
                select id,
                       (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                       and (cast(:status as text) is null or status::text = cast(:status as text)) as meant
                from processing_queue
                where id > :after
                order by id
                limit :window
            ), chosen as materialized (
                select id, pg_catalog.row_number() over (order by id) as place
                from seen where meant order by id limit :limit
            ), taken as (
                select cast(0 as bigint) as place, cast(null as bigint) as id, cast(null as text) as content,
                       cast(0 as bigint) as bytes
                union all
                select c.place, c.id, said.content,
                       t.bytes + coalesce(pg_catalog.octet_length(said.content), 0)
                from taken t
                join chosen c on c.place = t.place + 1
                join processing_queue q on q.id = c.id
                left join lateral payload_text(q.payload, :maxPayloadBytes) said on true
                where t.bytes < :maxBytes
            )
            select s.seen_to, s.seen, m.meant, q.id, q.flow_name, q.record_key, q.status, q.available_at,
                   q.run_id, q.run_key, t.content as payload
            from (select max(id) as seen_to, pg_catalog.count(*) as seen from seen) s
            cross join (select pg_catalog.count(*) as meant from chosen) m
            left join taken t on t.place > 0
            left join processing_queue q on q.id = t.id
            order by q.id
            """;

    private static final int MOST = 100;
    private static final long MOST_BYTES = 8L << 20;

    // While it is read there may be its bytes and its text, of which each character may take two.
    private static final long MOST_PAYLOAD = Runtime.getRuntime().maxMemory() / 6;

    private final JdbcClient jdbc;

    RecordExport(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A record.
     *
     * @param key its name in its flow, under which it is added once; null for none, as records of runs have
     * @param availableAt as {@link Timestamps} has it
     * @param runKey which run it is of, and its name in that; null if it is in none
     * @param payload as JSON; null if it is too large to be read
     */
    public record Exported(
            long id,
            String flow,
            @Nullable String key,
            String status,
            Instant availableAt,
            @Nullable RunKey runKey,
            @Nullable String payload) {}

    /** What names a record of a run. */
    public record RunKey(long run, String key) {}

    /**
     * Some records.
     *
     * @param seenTo behind it the next part begins
     * @param isLast whether there is none
     */
    public record Part(List<Exported> records, long seenTo, boolean isLast) {}

    private record Row(
            long seenTo, long seen, long meant, @Nullable Exported record) {}

    /**
     * The first that are meant among the next rows: a hundred at most, and fewer where payloads are large. Of these it
     * takes no more than come to 8 MB, and the one that goes beyond.
     *
     * @param after the id behind which they begin
     * @param window how many rows to look at
     * @param flow null for any
     * @param status null for any
     */
    public Part after(long after, int window, @Nullable String flow, @Nullable String status) {
        List<Row> rows = jdbc.sql(AFTER)
                .param("after", after)
                .param("window", window)
                .param("limit", MOST)
                .param("flow", flow)
                .param("status", status)
                .param("maxPayloadBytes", MOST_PAYLOAD)
                .param("maxBytes", MOST_BYTES)
                .query((row, rowNumber) -> {
                    long seenTo = row.getLong("seen_to");
                    long seen = row.getLong("seen");
                    long meant = row.getLong("meant");
                    long id = row.getLong("id");
                    return new Row(seenTo, seen, meant, row.wasNull() ? null : exported(id, row));
                })
                .list();
        Row first = rows.getFirst();
        List<Exported> records =
                rows.stream().map(Row::record).filter(Objects::nonNull).toList();
        boolean more = first.meant() == MOST || records.size() < first.meant();
        return new Part(records, more ? records.getLast().id() : first.seenTo(), !more && first.seen() < window);
    }

    private static Exported exported(long id, ResultSet row) throws SQLException {
        Long run = row.getObject("run_id", Long.class);
        String key = row.getString("run_key");
        return new Exported(
                id,
                row.getString("flow_name"),
                row.getString("record_key"),
                row.getString("status"),
                Timestamps.of(row, "available_at"),
                run == null || key == null ? null : new RunKey(run, key),
                row.getString("payload"));
    }
}
