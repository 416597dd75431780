package io.rpaworker.queue.deadletter;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditLog;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.queue.deadletter.DeadLetterBatches.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Watches the first records of a retry, and lets the rest follow once they have succeeded. */
@Component
public class CanaryRetries {

    private static final String WATCHED = """
            select c.id, c.actor, c.reason, c.filter::text as filter,
                   count(*) filter (where q.status::text = 'failed') as failed,
                   count(*) filter (where q.status::text in ('pending', 'processing')) as open
            from canary_retry c
            left join processing_queue q on q.id = any (c.record_ids)
            where c.state = 'watching'
            group by c.id
            order by c.id
            """;

    // Of two that see how it went, one acts on it.
    private static final String LOCK = """
            select started_at, reached_flow, reached_failed_at, reached_id
            from canary_retry
            where id = :id and state = 'watching'
            for update
            """;

    private static final String REACHED = """
            update canary_retry
            set reached_flow = :flow, reached_failed_at = :failedAt, reached_id = :recordId
            where id = :id and state = 'watching'
            """;

    private static final String END = """
            update canary_retry set state = :state, ended_at = now() where id = :id and state = 'watching'
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final DeadLetterActions deadLetters;
    private final JsonMapper json;
    private final AuditLog audit;

    CanaryRetries(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            DeadLetterActions deadLetters,
            JsonMapper json,
            AuditLog audit) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.deadLetters = deadLetters;
        this.json = json;
        this.audit = audit;
    }

    private record Watched(long id, String actor, String reason, String filter, int failed, int open) {

        Actor by() {
            return new Actor(actor, reason);
        }
    }

    /** Where the rest of a canary that went well goes on. */
    private record Rest(Instant startedAt, @Nullable Place from) {}

    /**
     * Looks once at every canary: stops where one has failed again; where all are completed, one batch of the rest
     * follows. How far the rest has come is written in the batch's transaction, so whoever looks next goes on from
     * there, after a crash as well; with the last batch the canary has ended.
     *
     * @return whether something followed, so that it is worth looking again at once
     */
    public boolean watchOnce() {
        return Boolean.TRUE.equals(transaction.execute(status -> look()));
    }

    private boolean look() {
        for (Watched it : jdbc.sql(WATCHED).query(Watched.class).list()) {
            if (it.failed() > 0) {
                stop(it);
            } else if (it.open() == 0 && goOn(it)) {
                return true;
            }
        }
        return false;
    }

    private void stop(Watched canary) {
        if (end(canary, "stopped")) {
            DeadLetterFilter filter = filter(canary);
            audit.note(canary.by(), "retry canary stopped", filter.flow(), filter, canary.failed());
        }
    }

    private boolean goOn(Watched canary) {
        Rest rest = jdbc.sql(LOCK)
                .param("id", canary.id())
                .query((row, rowNumber) -> rest(row))
                .optional()
                .orElse(null);
        if (rest == null) {
            return false;
        }
        // What was not there yet is not meant, nor what is retried and fails again: it might never end.
        Place next = deadLetters
                .retrySome(filter(canary), rest.startedAt(), rest.from(), canary.by())
                .next();
        return next == null ? end(canary, "went_on") : reached(canary, next);
    }

    private boolean reached(Watched canary, Place place) {
        return jdbc.sql(REACHED)
                        .param("id", canary.id())
                        .param("flow", place.flow())
                        .param("failedAt", place.failedAt())
                        .param("recordId", place.id())
                        .update()
                == 1;
    }

    private boolean end(Watched canary, String state) {
        return jdbc.sql(END).param("id", canary.id()).param("state", state).update() == 1;
    }

    private DeadLetterFilter filter(Watched canary) {
        return json.readValue(canary.filter(), DeadLetterFilter.class);
    }

    private static Rest rest(ResultSet row) throws SQLException {
        String flow = row.getString("reached_flow");
        Instant startedAt = row.getObject("started_at", OffsetDateTime.class).toInstant();
        return new Rest(
                startedAt,
                flow == null
                        ? null
                        : new Place(
                                flow,
                                row.getObject("reached_failed_at", OffsetDateTime.class),
                                row.getLong("reached_id")));
    }
}
