package io.rpaworker.worker.settling;

import io.rpaworker.database.LentConnection;
import io.rpaworker.queue.Completions;
import io.rpaworker.queue.Completions.Completed;
import io.rpaworker.queue.Completions.Found;
import io.rpaworker.text.Causes;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * One try to complete a chunk together with what its handler writes.
 *
 * <p>That {@code commit()} returns proves nothing: PostgreSQL answers the COMMIT of a transaction that an error has
 * ended with ROLLBACK, and the driver keeps that to itself. So a statement after the write has to succeed in the
 * transaction in which the records were completed. If the chunk is the whole claim, the claim's row is deleted with it.
 */
final class ChunkTransaction {

    private static final String ABORTED = "25P02";

    private final Parts parts;
    private final InFlightClaim claim;
    private final List<? extends Complete<?, ?>> chunk;
    private @Nullable String number;
    private boolean committing;
    private boolean whole;
    // Whatever was registered to run at the commit runs after the proof.
    private boolean more;

    private ChunkTransaction(Parts parts, InFlightClaim claim, List<? extends Complete<?, ?>> chunk) {
        this.parts = parts;
        this.claim = claim;
        this.chunk = chunk;
    }

    /** What every such transaction is made with. */
    @Component
    record Parts(Completions completions, TransactionOperations transaction, DataSource pool) {

        ChunkTransaction of(InFlightClaim claim, List<? extends Complete<?, ?>> chunk) {
            return new ChunkTransaction(this, claim, chunk);
        }
    }

    /**
     * Completes the chunk.
     *
     * @param write writes the effects of the records with these ids; not called if there is none
     * @return the records that were still the claim's; they are completed, with their effects
     * @throws BrokenTransactionException if {@code write} swallowed an error, or ended the transaction
     * @throws RuntimeException what {@code write} threw, or PostgreSQL's answer; {@link #find} says what became of the
     *     records
     */
    Set<Long> commit(Consumer<Set<Long>> write) {
        whole = chunk.size() == claim.works().size();
        Completed done = attempt(write);
        if (isOnlyPart(done)) {
            whole = false;
            done = attempt(write);
        }
        if (more && number != null && !parts.completions().isCommitted(number)) {
            throw new BrokenTransactionException(
                    "What the handler's write has left to be done at the commit swallowed an error, which undid all of it",
                    null);
        }
        return done.ids();
    }

    private Completed attempt(Consumer<Set<Long>> write) {
        Completed tried = parts.transaction().execute(status -> {
            Completed done = settle();
            if (isOnlyPart(done)) {
                status.setRollbackOnly();
                return done;
            }
            number = done.transaction();
            if (number != null) {
                LentConnection.lend(parts.pool(), () -> write.accept(done.ids()));
                prove(number);
            }
            committing = true;
            more = !TransactionSynchronizationManager.getSynchronizations().isEmpty();
            return done;
        });
        return Objects.requireNonNull(tried);
    }

    // What was taken for the whole claim, and some of it is the claim's no longer.
    private boolean isOnlyPart(Completed done) {
        return whole && done.ids().size() < chunk.size();
    }

    private Completed settle() {
        return whole
                ? parts.completions().completeAll(claim.id(), ids(), results())
                : parts.completions().complete(claim.id(), ids(), results());
    }

    /**
     * What became of the chunk after {@link #commit} has thrown: nothing, unless COMMIT was sent, or {@code write} has
     * committed by itself. Waits for a transaction that still has the rows locked, so the answer is final.
     *
     * @throws RuntimeException if PostgreSQL does not answer; ask again then
     */
    Found find() {
        if (!committing && (number == null || !parts.completions().isCommitted(number))) {
            return new Found(Set.of(), Set.copyOf(ids()));
        }
        return parts.completions().find(claim.id(), ids());
    }

    /** It was committed after all: if the chunk was the whole claim, the claim's row went with it. */
    void committed() {
        if (whole) {
            claim.forgotten();
        }
    }

    /** Whether COMMIT was sent: until {@link #find} has an answer, nobody knows what became of the chunk. */
    boolean isInDoubt() {
        return committing;
    }

    private void prove(String begun) {
        String now;
        try {
            now = parts.completions().prove();
        } catch (DataAccessException e) {
            throw isAborted(e) ? swallowed(e) : e;
        }
        if (!now.equals(begun)) {
            throw new BrokenTransactionException(
                    "The handler's write ended the transaction that completes its records", null);
        }
    }

    private static boolean isAborted(Throwable failure) {
        return cause(failure) instanceof SQLException sql && ABORTED.equals(sql.getSQLState());
    }

    // The driver remembers the error that ended the transaction.
    private static BrokenTransactionException swallowed(Throwable failure) {
        Throwable aborted = cause(failure);
        Throwable swallowed = aborted == null ? null : aborted.getCause();
        return new BrokenTransactionException(
                "The handler's write swallowed an error, which undid all that was written with it",
                swallowed == null ? aborted : swallowed);
    }

    private static @Nullable Throwable cause(Throwable failure) {
        return Causes.of(failure).stream()
                .filter(SQLException.class::isInstance)
                .findFirst()
                .orElse(null);
    }

    private List<Long> ids() {
        return chunk.stream().map(it -> it.work().record().id()).toList();
    }

    private Map<Long, String> results() {
        var results = new HashMap<Long, String>();
        chunk.forEach(it -> {
            String result = it.resultJson();
            if (result != null) {
                results.put(it.work().record().id(), result);
            }
        });
        return results;
    }
}
