package io.rpaworker.queue;

import io.rpaworker.database.Seconds;
import io.rpaworker.failure.Failure;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fails records of a claim. The statement is guarded by the claim's id; a row that somebody else has locked, it leaves
 * as it is.
 */
@Component
public class Failures {

    // - All failures are read by a subquery: a row of "from given" would be copied with all of them for each record.
    // - A row that somebody else has locked is not waited for: whoever did would keep all other records waiting.
    // - Whatever fails by itself has not killed its process: a suspect is one no longer. A call that was given up
    //   proves nothing, it may still be running.
    // - A count that somebody's SQL has set stays at its end, and what is below 0 counts as 0.
    // - An attempt is kept if it has failed by this statement, and with it.
    private static final String FAIL = """
            with given as materialized (
                select cast(:failures as jsonb) as failures
            ), failed as (
                update processing_queue q
                set status = 'failed', failed_at = now(), updated_at = now(),
                    retry_count = least(greatest(q.retry_count, 0), 2147483646) + 1,
                    error_message = (select failures from given) -> q.id::text ->> 'reason'::text,
                    failure_kind = (select failures from given) -> q.id::text ->> 'kind'::text,
                    failure_fingerprint = (select failures from given) -> q.id::text ->> 'fingerprint'::text,
                    crash_count = case (select failures from given) -> q.id::text ->> 'kind'::text
                                       when 'timeout'::text then q.crash_count when 'cancelled'::text then q.crash_count
                                       else 0 end,
                    next_retry_at = now()
                        + make_interval(
                            secs => cast((select failures from given) -> q.id::text ->> 'retrySeconds'::text
                                         as double precision))
                where q.id = any (array(
                    select id
                    from processing_queue
                    where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                    for no key update skip locked))
                returning q.id, q.flow_name, coalesce(q.record_key, q.run_key) as record_key, q.retry_count,
                          q.next_retry_at, q.failure_kind, q.failure_fingerprint, q.error_message, q.flow_instance_id,
                          cast((select failures from given) -> q.id::text ->> 'tookSeconds'::text
                               as double precision) as took
            ), kept as (
                insert into processing_log (flow_name, record_id, record_key, attempt, outcome, kind, fingerprint, error,
                                            handler, instance, started_at, finished_at)
                select flow_name, id, record_key, retry_count,
                       case when next_retry_at is null then 'dead_letter' else 'retried' end,
                       failure_kind, failure_fingerprint, error_message, :handler, flow_instance_id,
                       now() - make_interval(secs => took), now()
                from failed
            )
            select id from failed
            """;

    // Each is judged as it is once it is locked: a statement that fails it may still be under way.
    private static final String FAILED = """
            with locked as materialized (
                select id, status
                from processing_queue
                where id = any (:ids) and claim_id = :claim
                order by id
                for update
            )
            select id from locked where status::text = 'failed'
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final JsonMapper json;

    Failures(JdbcClient jdbc, TransactionOperations transaction, JsonMapper json) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.json = json;
    }

    /**
     * Fails records; each has used an attempt, which is kept in {@code processing_log}.
     *
     * @param handler the class whose attempts these were
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> fail(UUID claimId, String handler, Map<Long, Failure> failures) {
        Map<Long, String> rows = failures.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, it -> json.writeValueAsString(row(it.getValue()))));
        JdbcClient.StatementSpec statement = jdbc.sql(FAIL)
                .param("failures", ClaimParameters.byId(rows), Types.OTHER)
                .param("handler", handler);
        return ClaimParameters.bind(statement, claimId, failures.keySet())
                .query(Long.class)
                .set();
    }

    /**
     * Finds out which of these records the claim has failed although nobody got the answer: a record that has failed
     * keeps the id of its claim. Waits for a transaction that still has them locked, so the answer is final.
     *
     * <p>It rolls back: to commit, the statement would wait for a synchronous standby just as the lost one may have
     * done.
     */
    public Set<Long> failed(UUID claimId, Collection<Long> ids) {
        Set<Long> failed = transaction.execute(status -> {
            status.setRollbackOnly();
            return ClaimParameters.bind(jdbc.sql(FAILED), claimId, ids)
                    .query(Long.class)
                    .set();
        });
        return Objects.requireNonNull(failed);
    }

    private static Map<String, @Nullable Object> row(Failure failure) {
        var row = new HashMap<String, @Nullable Object>();
        row.put("reason", failure.reason());
        row.put("kind", failure.kind().column());
        row.put("fingerprint", failure.fingerprint());
        row.put("retrySeconds", failure.retryAfter() == null ? null : Seconds.of(failure.retryAfter()));
        row.put("tookSeconds", Seconds.of(failure.took()));
        return row;
    }
}
