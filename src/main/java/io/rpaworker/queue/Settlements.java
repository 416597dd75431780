package io.rpaworker.queue;

import io.rpaworker.failure.Failure;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ends claims: complete, fail, release. Every statement is guarded by the claim's id and answers with the records that
 * were still its own; for the others nothing changes. A completion waits for a row that somebody else has locked, the
 * others leave it as it is. They take part in the caller's transaction.
 */
@Component
public class Settlements {

    // Most flows keep no results: a tenth less work for PostgreSQL.
    private static final String COMPLETE = """
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null
            where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
            returning q.id, pg_current_xact_id()
            """;

    // Values come as one JSON object keyed by id: looked up per row, where a join with unnest becomes a sequential
    // scan.
    private static final String COMPLETE_WITH_RESULTS = """
            with given as materialized (select cast(:results as jsonb) as results)
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null,
                payload = case when given.results -> q.id::text is not null
                               then q.payload || pg_catalog.jsonb_build_object('result', given.results -> q.id::text)
                               else q.payload end
            from given
            where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
            returning q.id, pg_current_xact_id()
            """;

    // The claim's row goes in the transaction, and the statement, that completes all of the claim's records: whatever
    // server survives has either both or neither.
    private static final String COMPLETE_ALL = """
            with forgotten as (delete from processing_claim where claim_id = :claim)
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null
            where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
            returning q.id, pg_current_xact_id()
            """;

    // As the two before it.
    private static final String COMPLETE_ALL_WITH_RESULTS = """
            with forgotten as (delete from processing_claim where claim_id = :claim),
                 given as materialized (select cast(:results as jsonb) as results)
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null,
                payload = case when given.results -> q.id::text is not null
                               then q.payload || pg_catalog.jsonb_build_object('result', given.results -> q.id::text)
                               else q.payload end
            from given
            where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
            returning q.id, pg_current_xact_id()
            """;

    // Fails where an error that somebody swallowed has ended the transaction, and answers with another number where it
    // was replaced: a COMMIT would tell of neither. Needs no table: a handler may have left another search path.
    private static final String PROVE = """
            select pg_current_xact_id()
            """;

    // On a server that has taken over, the number may not have been given out yet; or to somebody else, so this alone
    // is no proof that the records are completed.
    private static final String IS_COMMITTED = """
            select case when cast(:transaction as xid8) < pg_snapshot_xmax(pg_current_snapshot())
                        then pg_xact_status(cast(:transaction as xid8)) is not distinct from 'committed'
                        else false end
            """;

    // - A row that somebody else has locked is not waited for, here and below: whoever did would keep all other records
    //   waiting.
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
                    error_message = given.failures -> q.id::text ->> 'reason'::text,
                    failure_kind = given.failures -> q.id::text ->> 'kind'::text,
                    failure_fingerprint = given.failures -> q.id::text ->> 'fingerprint'::text,
                    crash_count = case when given.failures -> q.id::text ->> 'kind'::text = 'timeout'
                                       then q.crash_count else 0 end,
                    next_retry_at = now()
                        + make_interval(
                            secs => cast(given.failures -> q.id::text ->> 'retrySeconds'::text as double precision))
                from given
                where q.id = any (array(
                    select id
                    from processing_queue
                    where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                    for no key update skip locked))
                returning q.id, q.flow_name, q.record_key, q.retry_count, q.next_retry_at, q.failure_kind,
                          q.failure_fingerprint, q.error_message, q.flow_instance_id,
                          cast(given.failures -> q.id::text ->> 'tookSeconds'::text as double precision) as took
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

    // The attempt goes back with the record: whoever claims it next is at the same attempt.
    private static final String RELEASE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Nobody claims it before: that is all that makes it later.
    private static final String POSTPONE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now(),
                available_at = now() + make_interval(secs => :delaySeconds)
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Two, as if it had been under way in two crashes: that is what makes a suspect.
    private static final String SUSPECT = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now(),
                crash_count = least(greatest(q.crash_count, 1), 2147483646) + 1
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Which records these are, only the claim's row can say.
    private static final String RELEASE_WHOLE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (array(select pg_catalog.unnest(record_ids) from processing_claim where claim_id = :claim))
                  and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    private static final String HELD = """
            select id
            from processing_queue
            where id = any (:ids) and claim_id = :claim and status::text = 'processing'
            """;

    private static final String LOCK = """
            select q.id, q.status::text = 'completed' as completed
            from processing_queue q
            where q.id = any (:ids) and q.claim_id = :claim
            order by q.id
            for update
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Settlements(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * What a completion has done in its transaction, which is still open.
     *
     * @param ids the records that were still the claim's; only their effects may be written
     * @param transaction the transaction's number as PostgreSQL gives it out; null if no record was the claim's
     */
    public record Completed(Set<Long> ids, @Nullable String transaction) {}

    /**
     * What became of records whose commit got no answer.
     *
     * @param completed the commit happened for these
     * @param stillClaimed it did not happen for these, and they are still this claim's
     */
    public record Found(Set<Long> completed, Set<Long> stillClaimed) {}

    /**
     * Completes records and keeps their results in {@code payload.result}.
     *
     * @param results the result of each record as JSON text; a record without a result is absent
     * @return what was completed, provided that the caller's transaction commits; {@link #prove} says whether it can
     */
    public Completed complete(UUID claimId, Collection<Long> ids, Map<Long, String> results) {
        return complete(COMPLETE, COMPLETE_WITH_RESULTS, claimId, ids, results);
    }

    /**
     * Completes all records of a claim, and deletes the claim's row with it. If fewer of them than asked for are
     * completed, the caller's transaction must not commit: nobody knows why, and what a claim still holds has to stay
     * known.
     *
     * @param results as for {@link #complete}
     * @return as for {@link #complete}
     */
    public Completed completeAll(UUID claimId, Collection<Long> ids, Map<Long, String> results) {
        return complete(COMPLETE_ALL, COMPLETE_ALL_WITH_RESULTS, claimId, ids, results);
    }

    private Completed complete(
            String plain, String withResults, UUID claimId, Collection<Long> ids, Map<Long, String> results) {
        JdbcClient.StatementSpec statement = results.isEmpty()
                ? jdbc.sql(plain)
                : jdbc.sql(withResults).param("results", asObject(results), Types.OTHER);
        return statement.param("ids", array(ids)).param("claim", claimId).query(rows -> {
            var completed = new HashSet<Long>();
            String transaction = null;
            while (rows.next()) {
                completed.add(rows.getLong(1));
                transaction = transaction == null ? rows.getString(2) : transaction;
            }
            return new Completed(completed, transaction);
        });
    }

    /**
     * Proves that a completion's transaction still lives, whatever was done in it since: this statement succeeds, and
     * answers with the number that {@link #complete} did. Nothing else proves it: the COMMIT of a transaction that an
     * error has ended is a ROLLBACK, and says so to nobody.
     *
     * @return the number of the transaction by now; another one if somebody has ended the completion's
     * @throws org.springframework.dao.DataAccessException if an error has ended the transaction, which the driver names
     *     as the cause; or if PostgreSQL does not answer
     */
    public String prove() {
        return jdbc.sql(PROVE).query(String.class).single();
    }

    /**
     * Whether a transaction of this number has been committed. After a failover it may be another one with the same
     * number: {@link #find} says what became of the records.
     */
    public boolean isCommitted(String transaction) {
        return jdbc.sql(IS_COMMITTED)
                .param("transaction", transaction)
                .query(Boolean.class)
                .single();
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
        return settled(
                jdbc.sql(FAIL).param("failures", asObject(rows), Types.OTHER).param("handler", handler),
                claimId,
                failures.keySet());
    }

    /**
     * Makes records pending again as if they had never been claimed.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> release(UUID claimId, Collection<Long> ids) {
        return settled(jdbc.sql(RELEASE), claimId, ids);
    }

    /**
     * Makes records pending again with their attempt, but not before {@code delay} has passed.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> postpone(UUID claimId, Collection<Long> ids, Duration delay) {
        return settled(jdbc.sql(POSTPONE).param("delaySeconds", delay.toMillis() / 1000.0), claimId, ids);
    }

    /**
     * Makes records pending again with their attempt, as suspects: each runs alone next time.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> suspect(UUID claimId, Collection<Long> ids) {
        return settled(jdbc.sql(SUSPECT), claimId, ids);
    }

    /**
     * Makes pending again whatever a claim still holds: the way out when the answer to the claim itself was lost.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> releaseWhole(UUID claimId) {
        return jdbc.sql(RELEASE_WHOLE).param("claim", claimId).query(Long.class).set();
    }

    /** Which of these records are the claim's at this moment, locked by somebody or not. */
    public Set<Long> held(UUID claimId, Collection<Long> ids) {
        return settled(jdbc.sql(HELD), claimId, ids);
    }

    /**
     * Finds out what became of records whose completion's commit got no answer. Waits for a transaction that still has
     * them locked, so the answer is final.
     *
     * <p>Call it inside a transaction that is rolled back: on its own, the statement would wait for a synchronous
     * standby just as the lost commit may have done.
     */
    public Found find(UUID claimId, Collection<Long> ids) {
        Map<Boolean, Set<Long>> found = jdbc
                .sql(LOCK)
                .param("ids", array(ids))
                .param("claim", claimId)
                .query((row, rowNumber) -> Map.entry(row.getBoolean("completed"), row.getLong("id")))
                .stream()
                .collect(Collectors.partitioningBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
        return new Found(found.getOrDefault(true, Set.of()), found.getOrDefault(false, Set.of()));
    }

    private Set<Long> settled(JdbcClient.StatementSpec statement, UUID claimId, Collection<Long> ids) {
        return statement
                .param("ids", array(ids))
                .param("claim", claimId)
                .query((row, rowNumber) -> row.getLong(1))
                .set();
    }

    private static long[] array(Collection<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private static Map<String, @Nullable Object> row(Failure failure) {
        var row = new HashMap<String, @Nullable Object>();
        row.put("reason", failure.reason());
        row.put("kind", failure.kind().column());
        row.put("fingerprint", failure.fingerprint());
        row.put(
                "retrySeconds",
                failure.retryAfter() == null ? null : failure.retryAfter().toMillis() / 1000.0);
        row.put("tookSeconds", failure.took().toNanos() / 1e9);
        return row;
    }

    private static String asObject(Map<Long, String> values) {
        var object = new StringBuilder("{");
        values.forEach((id, value) -> object.append(object.length() == 1 ? "" : ",")
                .append('"')
                .append(id)
                .append("\":")
                .append(value));
        return object.append('}').toString();
    }
}
