package io.rpaworker.queue.story;

import io.rpaworker.database.RpaDbPools;
import java.sql.ResultSet;
import java.sql.SQLException;
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
    private static final String AFTER = """
            with seen as materialized (
                select id,
                       (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                       and (cast(:status as text) is null or status::text = cast(:status as text)) as meant
                from processing_queue
                where id > :after
                order by id
                limit :window
            ), chosen as (
                select id from seen where meant order by id limit :limit
            )
            select s.seen_to, s.seen, q.id, q.flow_name, q.record_key, q.status, said.content as payload
            from (select max(id) as seen_to, pg_catalog.count(*) as seen from seen) s
            left join chosen c on true
            left join processing_queue q on q.id = c.id
            left join lateral payload_text(q.payload, :maxPayloadBytes) said on true
            order by q.id
            """;

    private static final int MOST = 100;
    private static final long MOST_PAYLOAD = 512L << 20;

    private final JdbcClient jdbc;

    RecordExport(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A record.
     *
     * @param payload as JSON; null if it is too large to be read
     */
    public record Exported(
            long id,
            String flow,
            @Nullable String key,
            String status,
            @Nullable String payload) {}

    /**
     * Some records.
     *
     * @param seenTo behind it the next part begins
     * @param isLast whether there is none
     */
    public record Part(List<Exported> records, long seenTo, boolean isLast) {}

    private record Row(long seenTo, long seen, @Nullable Exported record) {}

    /**
     * The first hundred, at most, that are meant among the next rows.
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
                .query((row, rowNumber) -> {
                    long seenTo = row.getLong("seen_to");
                    long seen = row.getLong("seen");
                    long id = row.getLong("id");
                    return new Row(seenTo, seen, row.wasNull() ? null : exported(id, row));
                })
                .list();
        Row first = rows.getFirst();
        List<Exported> records =
                rows.stream().map(Row::record).filter(Objects::nonNull).toList();
        boolean full = records.size() == MOST;
        return new Part(records, full ? records.getLast().id() : first.seenTo(), !full && first.seen() < window);
    }

    private static Exported exported(long id, ResultSet row) throws SQLException {
        return new Exported(
                id,
                row.getString("flow_name"),
                row.getString("record_key"),
                row.getString("status"),
                row.getString("payload"));
    }
}
