package io.rpaworker.leader;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Takes, renews and gives up this replica's leadership, and does as leader what only a leader may do. */
@Component
public class Leadership {

    private static final Logger log = LoggerFactory.getLogger(Leadership.class);
    private static final String NAME = "chores";

    // The term grows even when the same holder takes it again: it may have been away for longer than it knows.
    private static final String TAKE = """
            insert into leader_term as t (name, holder, term, expires_at, taken_at, taken_term)
            values (:name, :holder, 1, clock_timestamp() + make_interval(secs => :leaseSeconds), clock_timestamp(), 1)
            on conflict (name) do update
            set holder = excluded.holder, term = t.term + 1, expires_at = excluded.expires_at,
                taken_at = excluded.taken_at, taken_term = t.term + 1
            where t.expires_at < clock_timestamp()
            returning term
            """;

    private static final String RENEW = """
            update leader_term
            set expires_at = clock_timestamp() + make_interval(secs => :leaseSeconds)
            where name::text = cast(:name as text) and holder::text = cast(:holder as text)
              and term = :term and expires_at >= clock_timestamp()
            """;

    private static final String RESIGN = """
            update leader_term
            set expires_at = '-infinity'
            where name::text = cast(:name as text) and holder::text = cast(:holder as text) and term = :term
            """;

    // Held until the leader's transaction ends: a successor's take-over waits for it.
    private static final String LOCK = """
            select term from leader_term
            where name::text = cast(:name as text) and holder::text = cast(:holder as text)
              and term = :term and expires_at > clock_timestamp()
            for share
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private volatile @Nullable Term current;

    private record Term(String holder, long number, long askedAtNanos, Duration lease) {

        // Counted from before the question was sent; a margin for the transaction that has still to begin.
        boolean isTrusted() {
            return System.nanoTime() - askedAtNanos
                    < lease.dividedBy(4).multipliedBy(3).toNanos();
        }
    }

    Leadership(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /**
     * Renews the leadership, or takes it if nobody holds it.
     *
     * @param holder this replica's identity; leadership ends with it
     * @param lease how long the leadership lasts without being renewed, by PostgreSQL's clock
     * @return whether this replica leads
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer; this replica does not lead
     *     then
     */
    public boolean campaign(String holder, Duration lease) {
        Term held = current;
        current = null;
        long askedAt = System.nanoTime();
        if (held != null && held.holder().equals(holder) && renew(held, lease)) {
            current = new Term(holder, held.number(), askedAt, lease);
            return true;
        }
        Long taken = take(NAME, holder, lease).orElse(null);
        if (taken == null) {
            return false;
        }
        log.info("{} leads, term {}", holder, taken);
        current = new Term(holder, taken, askedAt, lease);
        return true;
    }

    /** Whether this replica leads, as far as it knows. */
    public boolean isLeader() {
        Term held = current;
        return held != null && held.isTrusted();
    }

    /** Gives the leadership up, so that another replica need not wait for its end. */
    public void resign() {
        Term held = current;
        current = null;
        if (held != null) {
            jdbc.sql(RESIGN)
                    .param("name", NAME)
                    .param("holder", held.holder())
                    .param("term", held.number())
                    .update();
        }
    }

    /**
     * Does something in one transaction that only the current term can commit.
     *
     * @return false if this replica does not lead; nothing was done then
     */
    public boolean asLeader(Runnable duty) {
        return findAsLeader(() -> {
                    duty.run();
                    return true;
                })
                .isPresent();
    }

    /**
     * The same, with what comes of it.
     *
     * @return empty if this replica does not lead; nothing was done then
     */
    public <T> Optional<T> findAsLeader(Supplier<T> duty) {
        Term held = current;
        if (held == null || !held.isTrusted()) {
            return Optional.empty();
        }
        return Objects.requireNonNull(transaction.execute(status -> jdbc.sql(LOCK)
                .param("name", NAME)
                .param("holder", held.holder())
                .param("term", held.number())
                .query(Long.class)
                .optional()
                .map(locked -> duty.get())));
    }

    /**
     * Takes a duty that the leader is to do once in a while, whichever replica leads by then: a term of the duty's own,
     * which nobody renews.
     *
     * @param duty its name in {@code leader_term}
     * @param pause how long nobody takes it again, by PostgreSQL's clock
     * @return whether this replica has it to do now; false if it does not lead, or if the pause is not over
     * @throws org.springframework.dao.DataAccessException if PostgreSQL does not answer; the duty may be taken
     */
    public boolean take(String duty, Duration pause) {
        Term held = current;
        return held != null
                && findAsLeader(() -> take(duty, held.holder(), pause).isPresent())
                        .orElse(false);
    }

    private Optional<Long> take(String name, String holder, Duration lease) {
        return jdbc.sql(TAKE)
                .param("name", name)
                .param("holder", holder)
                .param("leaseSeconds", Seconds.of(lease))
                .query(Long.class)
                .optional();
    }

    private boolean renew(Term held, Duration lease) {
        return jdbc.sql(RENEW)
                        .param("name", NAME)
                        .param("holder", held.holder())
                        .param("term", held.number())
                        .param("leaseSeconds", Seconds.of(lease))
                        .update()
                == 1;
    }
}
