package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Compares the totals that {@link QueueCounts} starts from with the table, and mends them. Triggers keep them, so only
 * what went round the triggers makes them wrong: see V010.
 */
@Component
public class QueueRecount {

    private static final String RECOUNT = "select flow, recorded, counted from queue_recount()";

    // Of this transaction: what ordinary statements may take comes with the connection or with the role.
    private static final String AT_MOST = "select set_config('statement_timeout', cast(:millis as text), true)";

    // The server gives up first, so that what became of the statement stays known.
    private static final Duration NETWORK = Duration.ofSeconds(10);

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    QueueRecount(
            @Qualifier(RpaDbPools.CONTROL) DataSource dataSource,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.template = new JdbcTemplate(dataSource);
        this.jdbc = JdbcClient.create(template);
        this.transaction = transaction;
    }

    /**
     * A flow whose total was wrong.
     *
     * @param flow its name
     * @param recorded records it had by its total
     * @param counted records it has
     */
    public record Difference(String flow, long recorded, long counted) {

        /** By how many records the total was too high, or if negative too low. */
        public long surplus() {
            return recorded - counted;
        }
    }

    /**
     * Reads the table once, as a whole, and sets the totals of all flows right, in one transaction. Nobody waits for it
     * except who wants the table to himself; but it keeps a snapshot for as long as it reads, which rows that die
     * meanwhile are not removed before.
     *
     * @param atMost how long the database may count, by its own clock
     * @return the flows whose totals were wrong, the largest difference first; empty if none was
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer, or needs longer than that; the
     *     totals are as they were, unless it was the commit's answer that got lost
     */
    public List<Difference> recount(Duration atMost) {
        return Objects.requireNonNull(transaction.execute(status -> {
            // The pool gives the connection its own timeout back.
            template.execute((ConnectionCallback<Boolean>) connection -> {
                connection.setNetworkTimeout(
                        Runnable::run, Math.toIntExact(atMost.plus(NETWORK).toMillis()));
                return true;
            });
            jdbc.sql(AT_MOST)
                    .param("millis", atMost.toMillis())
                    .query(String.class)
                    .single();
            return jdbc.sql(RECOUNT).query(Difference.class).list();
        }));
    }
}
