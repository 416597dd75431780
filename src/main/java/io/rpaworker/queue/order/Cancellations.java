package io.rpaworker.queue.order;

import io.rpaworker.control.Actor;
import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Cancels records: makes dead letters of kind cancelled of those that nobody runs. What is under way is noted in
 * {@code record_cancellation}; the replica that runs it interrupts the call and settles it as cancelled, and what gets
 * away from there - its replica dies, or releases it - is cancelled by whoever looks next.
 */
@Component
public class Cancellations {

    private static final String ASK = """
            insert into record_cancellation (record_id, asked_by, reason)
            values (:id, :actor, :reason)
            on conflict (record_id) do update
            set asked_by = excluded.asked_by, asked_at = now(), reason = excluded.reason
            """;

    // What is no longer to be claimed has a claimed_at, and no claim of ours has its claim_id: see V009. A record that
    // has failed keeps its own, by which a lost answer is asked after. A record that is being claimed at this moment
    // stays noted, and what runs keeps nothing behind it waiting. A row goes once its record is not under way.
    private static final String CARRY_OUT = """
            with asked as materialized (
                select c.record_id, c.asked_by, c.reason
                from record_cancellation c
                where (cast(:id as bigint) is null or c.record_id = cast(:id as bigint))
                  and not exists (
                      select from processing_queue q where q.id = c.record_id and q.status::text = 'processing')
                order by c.record_id
                limit :limit
                for update skip locked
            ), open as materialized (
                select q.id
                from processing_queue q
                where q.id = any (array(select record_id from asked))
                  and (q.status::text = 'pending' or (q.status::text = 'failed' and q.next_retry_at is not null))
                for no key update skip locked
            ), cancelled as (
                update processing_queue q
                set status = 'failed', failed_at = now(), failure_kind = 'cancelled', next_retry_at = null,
                    failure_fingerprint = md5(q.flow_name::text || '|cancelled|'),
                    claimed_at = coalesce(q.claimed_at, now()),
                    claim_id = coalesce(q.claim_id, '00000000-0000-0000-0000-000000000000'), updated_at = now(),
                    error_message = left(pg_catalog.concat('Cancelled by ', a.asked_by,
                        case when a.reason <> '' then ': ' end, nullif(a.reason, '')), 8000)
                from asked a
                where a.record_id = q.id and q.id = any (array(select id from open))
                  and (q.status::text = 'pending' or q.status::text = 'failed')
                returning q.id
            ), over as (
                delete from record_cancellation
                where record_id = any (array(
                    select record_id from asked
                    where record_id in (select id from cancelled)
                       or not exists (
                           select from processing_queue q
                           where q.id = asked.record_id
                             and (q.status::text = 'pending' or q.status::text = 'processing'
                                 or q.next_retry_at is not null))))
            )
            select count(*) from cancelled
            """;

    private static final String OUTCOME = """
            select case when q.status::text = 'failed' and q.failure_kind::text = 'cancelled' then 'cancelled'
                        when c.record_id is not null then 'asked'
                        else q.status::text end
            from processing_queue q
            left join record_cancellation c on c.record_id = q.id
            where q.id = :id
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    Cancellations(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** What came of a cancellation. */
    public enum Outcome {
        /** It is a dead letter of kind cancelled. */
        CANCELLED,
        /** It is under way; whoever runs it interrupts the call. */
        ASKED,
        /** It had ended before, or there is none. */
        ENDED
    }

    /**
     * Cancels a record, to be called in the transaction that writes it down. Who cancels it once more takes the place
     * of who did before.
     *
     * @return what came of it; of {@code ENDED} nothing is left
     */
    public Outcome cancel(long id, Actor actor) {
        Outcome outcome = transaction.execute(status -> {
            jdbc.sql(ASK)
                    .param("id", id)
                    .param("actor", actor.name())
                    .param("reason", actor.reason())
                    .update();
            carryOut(id);
            return jdbc.sql(OUTCOME)
                    .param("id", id)
                    .query(String.class)
                    .optional()
                    .map(Cancellations::outcome)
                    .orElse(Outcome.ENDED);
        });
        return Objects.requireNonNull(outcome);
    }

    /**
     * Cancels those that were asked for and are not under way, one bounded batch. Two replicas may do it at once, and
     * twice.
     *
     * @return how many
     */
    public int carryOut() {
        return carryOut(null);
    }

    private int carryOut(@Nullable Long id) {
        return jdbc.sql(CARRY_OUT)
                .param("id", id, Types.BIGINT)
                .param("limit", RECORDS)
                .query(Integer.class)
                .single();
    }

    private static Outcome outcome(String status) {
        return switch (status) {
            case "cancelled" -> Outcome.CANCELLED;
            case "asked" -> Outcome.ASKED;
            default -> Outcome.ENDED;
        };
    }
}
