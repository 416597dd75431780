package io.rpaworker.queue.intake;

import io.rpaworker.flow.FlowRuns;
import io.rpaworker.handler.ChildRecords;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.text.PostgresText;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Adds records to runs. It takes part in the transaction of whoever is entitled to do so: one of the run's own records,
 * which is completed by it and until then keeps the run from ending.
 */
@Component
public class RunIntake implements ChildRecords {

    private static final String ADD = """
            insert into processing_queue (flow_name, payload, run_id, run_key, parent_id, depth, available_at)
            select :flow, new.payload, :run, new.run_key, :parent, :depth, coalesce(new.available_at, now())
            from unnest(cast(:payloads as jsonb[]), cast(:keys as text[]), cast(:availableAt as timestamptz[]))
                 with ordinality as new (payload, run_key, available_at, position)
            order by new.position
            on conflict (run_id, run_key) where run_key is not null do nothing
            """;

    // Only who completes a record has changed its row in this transaction.
    private static final String PARENT = """
            select q.run_id, coalesce(q.depth, 0::smallint) as depth,
                   q.status::text = 'completed' and q.xmin = pg_current_xact_id()::xid as mine
            from processing_queue q
            where q.id = :id
            """;

    /** What the keys of the run's own parts begin with. */
    public static final String OWN = "#";

    private static final int ROWS_PER_STATEMENT = 1_000;

    // A row of an index has less than 2,704, and PostgreSQL's error names neither the record nor its key.
    private static final int KEY_BYTES = 2_000;

    private final JdbcClient jdbc;
    private final PayloadCheck check;
    private final FlowRuns runs;

    RunIntake(JdbcClient jdbc, JsonMapper json, PayloadLimit limit, FlowRuns runs) {
        this.jdbc = jdbc;
        this.check = new PayloadCheck(json, limit);
        this.runs = runs;
    }

    /**
     * Where records are added.
     *
     * @param parent which record has found them; null for a source
     * @param unnamed what the key of a record begins with that has none
     */
    public record Place(String flow, long run, @Nullable Long parent, int depth, String unnamed) {}

    private record Parent(@Nullable Long runId, int depth, boolean mine) {}

    @Override
    public int add(WorkRecord<?> parent, List<NewRecord> children) {
        Parent found = jdbc.sql(PARENT)
                .param("id", parent.id())
                .query((row, rowNumber) ->
                        new Parent(row.getObject("run_id", Long.class), row.getInt("depth"), row.getBoolean("mine")))
                .optional()
                .orElseThrow(() -> new IllegalStateException("There is no record %d".formatted(parent.id())));
        Long run = found.runId();
        if (run == null) {
            throw new IllegalStateException(
                    "Record %d of flow %s is in no run, so it has no children; add records with RecordIntake"
                            .formatted(parent.id(), parent.flow()));
        }
        if (!found.mine()) {
            throw new IllegalStateException(
                    "Record %d of flow %s is not completed by this transaction: its children are added by write"
                            .formatted(parent.id(), parent.flow()));
        }
        int depth = found.depth() + 1;
        int most = runs.of(parent.flow()).maxDepth();
        if (depth > most && !children.isEmpty()) {
            throw new RecordRejectedException(
                    "Its %d children would be at depth %d, and rpa.flows.%s.run.max-depth is %d"
                            .formatted(children.size(), depth, parent.flow(), most));
        }
        // A parent adds its children once, but maybe in several calls.
        String unnamed = "#child:%d:%s".formatted(parent.id(), UUID.randomUUID());
        return add(new Place(parent.flow(), run, parent.id(), depth, unnamed), children);
    }

    /**
     * Adds records, in the caller's transaction. They are claimed in the order of the list.
     *
     * @return how many were added; a key that the run has already is not
     * @throws IllegalArgumentException as {@link io.rpaworker.handler.RecordIntake#add}, and if a key begins with
     *     {@link #OWN} or is longer than 2,000 bytes in UTF-8
     */
    public int add(Place place, List<NewRecord> records) {
        for (int i = 0; i < records.size(); i++) {
            refuseMalformed(i, records.get(i));
        }
        List<NewRecord> named = named(place, records);
        return Pieces.each(
                named,
                ROWS_PER_STATEMENT,
                piece -> jdbc.sql(ADD)
                        .param("flow", place.flow())
                        .param("run", place.run())
                        .param("parent", place.parent(), Types.BIGINT)
                        .param("depth", place.depth() == 0 ? null : place.depth(), Types.SMALLINT)
                        .param("payloads", Pieces.texts(piece, NewRecord::payload), Types.ARRAY)
                        .param("keys", Pieces.texts(piece, NewRecord::key), Types.ARRAY)
                        .param("availableAt", Pieces.availableAt(piece), Types.ARRAY)
                        .update());
    }

    private static List<NewRecord> named(Place place, List<NewRecord> records) {
        var named = new ArrayList<NewRecord>(records.size());
        for (int i = 0; i < records.size(); i++) {
            NewRecord record = records.get(i);
            named.add(
                    record.key() != null
                            ? record
                            : new NewRecord(record.payload(), place.unnamed() + ":" + i, record.availableAt()));
        }
        return named;
    }

    private void refuseMalformed(int index, NewRecord record) {
        String key = record.key();
        if (key != null && (key.isEmpty() || !PostgresText.canHold(key))) {
            throw new IllegalArgumentException("Record %d: its key is empty or not text".formatted(index));
        }
        int bytes = key == null ? 0 : key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > KEY_BYTES) {
            throw new IllegalArgumentException("Record %d: its key, '%.100s...', has %,d bytes, and may have %,d"
                    .formatted(index, key, bytes, KEY_BYTES));
        }
        if (key != null && key.startsWith(OWN)) {
            throw new IllegalArgumentException(
                    "Record %d: its key, '%.100s', begins with %s, as those of a run's own parts do"
                            .formatted(index, key, OWN));
        }
        check.refuseMalformed(index, record.payload());
    }

    /**
     * Refuses parameters of a run that PostgreSQL could not hold, or that are as large as no payload may be.
     *
     * @throws IllegalArgumentException which says why
     */
    public void refuseUnfitParameters(String json) {
        check.refuseMalformedParameters(json);
    }
}
