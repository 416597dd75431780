package io.rpaworker.ops;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
     * Asks, in one transaction that only reads. Nobody waits for longer than five seconds: a network that swallows
     * packets holds even a cancelled statement, whose thread then keeps its place until the driver gives up.
     *
     * @param question asks with the {@link RpaDbPools#CONTROL} client
     * @throws Problem if rpa_db does not answer in time, or if no place gets free
     */
    public <T> T ask(Supplier<T> question) {
        long askedAt = System.nanoTime();
        takePlace();
        var answer = new FutureTask<T>(() -> {
            try {
                return Objects.requireNonNull(transaction.execute(status -> question.get()));
            } finally {
                places.release();
            }
        });
        Thread.ofPlatform().daemon().name("rpa-ask-operators").start(answer);
        try {
            return answer.get(LONGEST.toNanos() - (System.nanoTime() - askedAt), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE, "rpa_db does not answer within %d s".formatted(LONGEST.toSeconds()));
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Kind.UNAVAILABLE, "The worker stops");
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof DataAccessException || cause instanceof TransactionException) {
            return new Problem(Problem.Kind.UNAVAILABLE, "rpa_db does not answer: " + FailureReason.of(cause));
        }
        return cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
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
