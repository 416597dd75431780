package io.rpaworker.queue.intake;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.text.PostgresText;
import java.sql.Types;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Adds records to the queue, in bulk: without keys and dates by copy, else a thousand by statement. */
@Component
class QueueIntake implements RecordIntake {

    // on conflict names the partial unique index: a key that is there already is no error.
    private static final String ADD = """
            insert into processing_queue (flow_name, payload, record_key, available_at)
            select :flow, new.payload, new.record_key, coalesce(new.available_at, now())
            from unnest(cast(:payloads as jsonb[]), cast(:keys as text[]), cast(:availableAt as timestamptz[]))
                 with ordinality as new (payload, record_key, available_at, position)
            order by new.position
            on conflict (flow_name, record_key) where record_key is not null do nothing
            """;

    private static final int FLOW_NAME_LENGTH = 100;
    private static final int ROWS_PER_STATEMENT = 1_000;

    // One statement holds the transition table of its rows, and has thirty seconds.
    private static final int ROWS_PER_COPY = 10_000;

    private final JdbcClient jdbc;
    private final CopyInsert copy;
    private final TransactionOperations transaction;
    private final PayloadCheck check;

    QueueIntake(JdbcTemplate jdbc, TransactionOperations transaction, JsonMapper json, PayloadLimit limit) {
        this.jdbc = JdbcClient.create(jdbc);
        this.copy = new CopyInsert(jdbc);
        this.transaction = transaction;
        this.check = new PayloadCheck(json, limit);
    }

    @Override
    public int add(String flow, List<NewRecord> records) {
        refuseMalformedFlow(flow);
        for (int i = 0; i < records.size(); i++) {
            refuseMalformed(i, records.get(i));
        }
        boolean plain = records.stream().allMatch(it -> it.key() == null && it.availableAt() == null);
        Integer added = transaction.execute(status -> plain
                ? Pieces.each(records, ROWS_PER_COPY, piece -> copy.add(flow, piece))
                : Pieces.each(records, ROWS_PER_STATEMENT, piece -> insert(flow, piece)));
        return added == null ? 0 : added;
    }

    private int insert(String flow, List<NewRecord> records) {
        return jdbc.sql(ADD)
                .param("flow", flow)
                .param("payloads", Pieces.texts(records, NewRecord::payload), Types.ARRAY)
                .param("keys", Pieces.texts(records, NewRecord::key), Types.ARRAY)
                .param("availableAt", Pieces.availableAt(records), Types.ARRAY)
                .update();
    }

    private static void refuseMalformedFlow(String flow) {
        if (flow.isBlank() || flow.length() > FLOW_NAME_LENGTH || !PostgresText.canHold(flow)) {
            throw new IllegalArgumentException(
                    "A flow's name has 1 to %d characters, was '%s'".formatted(FLOW_NAME_LENGTH, flow));
        }
    }

    private void refuseMalformed(int index, NewRecord record) {
        String key = record.key();
        if (key != null && (key.isEmpty() || !PostgresText.canHold(key))) {
            throw new IllegalArgumentException("Record %d: its key is empty or not text".formatted(index));
        }
        check.refuseMalformed(index, record.payload());
    }
}
