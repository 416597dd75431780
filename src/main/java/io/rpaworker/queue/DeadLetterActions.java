package io.rpaworker.queue;

import static io.rpaworker.queue.DeadLetters.MEANT;

import io.rpaworker.database.RpaDbPools;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Retries and purges dead letters for an operator. What it changes is written to {@code operator_action} in the same
 * transaction.
 */
@Component
public class DeadLetterActions {

    // A record that killed processes stays a suspect: it is tried again, but alone.
    private static final String RETRY = """
            with meant as materialized (
                select id from processing_queue
            """ + MEANT + """
                order by failed_at, id
                limit :limit
                for no key update skip locked
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, retry_count = 0,
                crash_count = least(q.crash_count, 1), available_at = now(), updated_at = now()
            where q.id = any (array(select id from meant)) and q.status = 'failed'
            returning q.id
            """;

    private static final String PURGE = """
            with meant as materialized (
                select id from processing_queue
            """ + MEANT + """
                order by failed_at, id
                limit :limit
                for update skip locked
            )
            delete from processing_queue q
            where q.id = any (array(select id from meant)) and q.status = 'failed' and q.next_retry_at is null
            returning q.id
            """;

    private static final String NOTE = """
            insert into operator_action (actor, action, flow_name, details, records)
            values (:actor, :action, :flow, cast(:details as jsonb), :records)
            """;

    private static final String BEGIN_CANARY = """
            insert into canary_retry (actor, filter, record_ids) values (:actor, cast(:filter as jsonb), :ids)
            """;

    private static final String NOW = "select clock_timestamp()";

    private static final int BATCH = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final JsonMapper json;

    DeadLetterActions(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.json = json;
    }

    /**
     * Makes dead letters pending again, with all their attempts; their keys and ids stay.
     *
     * @param actor who asks for it
     * @return how many
     */
    public int retry(DeadLetterFilter filter, String actor) {
        return inBatches(RETRY, filter, actor, "retry");
    }

    /**
     * Makes the {@code canary} oldest of the dead letters pending again. The rest follows by itself once all of these
     * are completed; if one of them fails again the rest stays where it is.
     *
     * @return how many are being tried first
     */
    public int retryWithCanary(DeadLetterFilter filter, int canary, String actor) {
        Integer tried = transaction.execute(status -> {
            List<Long> ids = batch(RETRY, filter, Math.clamp(canary, 1, BATCH));
            if (!ids.isEmpty()) {
                jdbc.sql(BEGIN_CANARY)
                        .param("actor", actor)
                        .param("filter", json.writeValueAsString(filter))
                        .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                        .update();
            }
            note(actor, "retry canary", filter, ids.size());
            return ids.size();
        });
        return tried == null ? 0 : tried;
    }

    /**
     * Deletes dead letters.
     *
     * @param actor who asks for it
     * @return how many
     */
    public int purge(DeadLetterFilter filter, String actor) {
        return inBatches(PURGE, filter, actor, "purge");
    }

    private int inBatches(String statement, DeadLetterFilter filter, String actor, String action) {
        // What fails again while this goes on is not meant: it might never end.
        DeadLetterFilter meant =
                filter.before(jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant());
        int changed = 0;
        int batch;
        do {
            Integer some = transaction.execute(status -> {
                int records = batch(statement, meant, BATCH).size();
                if (records > 0) {
                    note(actor, action, filter, records);
                }
                return records;
            });
            batch = some == null ? 0 : some;
            changed += batch;
        } while (batch == BATCH);
        return changed;
    }

    private List<Long> batch(String statement, DeadLetterFilter filter, int limit) {
        return DeadLetters.meant(jdbc.sql(statement), filter)
                .param("limit", limit)
                .query(Long.class)
                .list();
    }

    private void note(String actor, String action, DeadLetterFilter filter, int records) {
        jdbc.sql(NOTE)
                .param("actor", actor)
                .param("action", action)
                .param("flow", filter.flow())
                .param("details", json.writeValueAsString(filter))
                .param("records", records)
                .update();
    }
}
