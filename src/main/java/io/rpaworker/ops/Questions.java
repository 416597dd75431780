package io.rpaworker.ops;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks rpa_db on behalf of operators. They share the control pool with claims and chores, which must not wait for them:
 * so two questions are under way at once, and each has five seconds.
 */
@Component
public class Questions {

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int AT_ONCE = 2;

    private final TransactionTemplate transaction;
    private final TransactionTemplate part;
    private final Semaphore places = new Semaphore(AT_ONCE, true);

    Questions(@Qualifier(RpaDbPools.CONTROL) TransactionTemplate control) {
        this.transaction = new TransactionTemplate(Objects.requireNonNull(control.getTransactionManager()));
        transaction.setReadOnly(true);
        transaction.setTimeout(Math.toIntExact(LONGEST.toSeconds()));
        this.part = new TransactionTemplate(Objects.requireNonNull(control.getTransactionManager()));
        part.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /**
     * Asks, in one transaction that only reads.
     *
     * @param question asks with the {@link RpaDbPools#CONTROL} client
     * @throws Problem if rpa_db does not answer in time, or if no place gets free
     */
    public <T> T ask(Supplier<T> question) {
        takePlace();
        try {
            return Objects.requireNonNull(transaction.execute(status -> question.get()));
        } catch (DataAccessException | TransactionException e) {
            throw new Problem(Problem.Kind.UNAVAILABLE, "rpa_db does not answer: " + FailureReason.of(e));
        } finally {
            places.release();
        }
    }

    /**
     * Asks a part of a question, within {@link #ask}: if it fails, what comes after it can still be asked.
     *
     * @throws org.springframework.dao.DataAccessException if rpa_db does not answer, or refuses
     */
    public <T> T part(Supplier<T> question) {
        return Objects.requireNonNull(part.execute(status -> question.get()));
    }

    private void takePlace() {
        try {
            if (places.tryAcquire(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new Problem(Problem.Kind.UNAVAILABLE, "Too many questions are under way; ask again in a moment");
    }
}
