package io.rpaworker.queue;

import java.sql.Types;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Completes records, and finds out what became of a completion whose commit got no answer. Every statement is guarded
 * by the claim's id and answers with the records that were still its own; for the others nothing changes. A completion
 * waits for a row that somebody else has locked. They take part in the caller's transaction, all but {@link #find}.
 */
@Component
public class Completions {

    // Most flows keep no results: a tenth less work for PostgreSQL.
    private static final String COMPLETE = """
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null
            where q.id = any (:ids) and q.claim_id = :claim and q.status::text = 'processing'
            returning q.id, pg_current_xact_id()
            """;

    // - Values come as one JSON object keyed by id: looked up per row, where a join with unnest becomes a sequential
    //   scan; and by a subquery, since a row of "from given" would be copied with all values for each record.
    // - Each is an object as it is merged, {"result": ...}: to build it in PostgreSQL for each record costs as much as
    // to
    //   merge it.
    // - What is stored already is not merged, which for a large payload is most of the work.
    private static final String COMPLETE_WITH_RESULTS = """
            with given as materialized (select cast(:results as jsonb) as results)
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null,
                payload = case when q.payload -> 'result'::text is not null
                                    and q.payload -> 'result'::text
                                        = (select results from given) -> q.id::text -> 'result'::text
                               then q.payload
                               else coalesce(q.payload || ((select results from given) -> q.id::text), q.payload) end
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

    // With results, and with the claim's row, as above.
    private static final String COMPLETE_ALL_WITH_RESULTS = """
            with forgotten as (delete from processing_claim where claim_id = :claim),
                 given as materialized (select cast(:results as jsonb) as results)
            update processing_queue q
            set status = 'completed', completed_at = now(), updated_at = now(), error_message = null,
                payload = case when q.payload -> 'result'::text is not null
                                    and q.payload -> 'result'::text
                                        = (select results from given) -> q.id::text -> 'result'::text
                               then q.payload
                               else coalesce(q.payload || ((select results from given) -> q.id::text), q.payload) end
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

    // Whatever their status: what is being completed at this moment is waited for, and judged as it is then.
    private static final String LOCK = """
            select q.id, q.status::text = 'completed' as completed
            from processing_queue q
            where q.id = any (:ids) and q.claim_id = :claim
            order by q.id
            for update
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    Completions(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
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
     * @param results the result of each record as JSON text; a record without a result is absent, and one whose stored
     *     result is equal, as {@code 1.0} is to {@code 1}, keeps that as it is
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
                : jdbc.sql(withResults).param("results", ClaimParameters.byId(merged(results)), Types.OTHER);
        return ClaimParameters.bind(statement, claimId, ids).query(rows -> {
            var completed = new HashSet<Long>();
            String transaction = null;
            while (rows.next()) {
                completed.add(rows.getLong(1));
                transaction = transaction == null ? rows.getString(2) : transaction;
            }
            return new Completed(completed, transaction);
        });
    }

    private static Map<Long, String> merged(Map<Long, String> results) {
        return results.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, it -> "{\"result\":" + it.getValue() + "}"));
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
     * Finds out what became of records whose completion's commit got no answer. Waits for a transaction that still has
     * them locked, so the answer is final.
     *
     * <p>It rolls back: to commit, the statement would wait for a synchronous standby just as the lost one may have
     * done.
     */
    public Found find(UUID claimId, Collection<Long> ids) {
        Map<Boolean, Set<Long>> found = Objects.requireNonNull(transaction.execute(status -> {
            status.setRollbackOnly();
            return ClaimParameters.bind(jdbc.sql(LOCK), claimId, ids)
                    .query((row, rowNumber) -> Map.entry(row.getBoolean("completed"), row.getLong("id")))
                    .stream()
                    .collect(Collectors.partitioningBy(
                            Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
        }));
        return new Found(found.getOrDefault(true, Set.of()), found.getOrDefault(false, Set.of()));
    }
}
