package io.rpaworker.ops;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks rpa_db on behalf of operators. They share the control pool with claims and chores, which must not wait for them:
 * so two questions are under way at once, and each has five seconds. Four more wait; whoever comes then is refused at
 * once, since a port answers others too.
 */
@Component
public class Questions {

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);
    private static final Duration NO_WAIT = Duration.ofMillis(500);
    private static final int AT_ONCE = 2;
    private static final int WAITING = 4;

    private final TransactionTemplate transaction;
    private final TransactionTemplate part;
    private final Executor threads;
    private final Turns turns = new Turns(AT_ONCE, WAITING, LONGEST_WAIT);

    @Autowired
    Questions(@Qualifier(RpaDbPools.CONTROL) TransactionTemplate control) {
        this(
                control,
                question ->
                        Thread.ofPlatform().daemon().name("rpa-ask-operators").start(question));
    }

    /** One that asks in threads of somebody else's. */
    Questions(TransactionTemplate control, Executor threads) {
        this.threads = threads;
        this.transaction = new TransactionTemplate(Objects.requireNonNull(control.getTransactionManager()));
        transaction.setReadOnly(true);
        transaction.setTimeout(Math.toIntExact(LONGEST.toSeconds()));
        this.part = new TransactionTemplate(Objects.requireNonNull(control.getTransactionManager()));
        part.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /**
     * Asks, in one transaction that only reads. Nobody waits for longer than five seconds: a network that swallows
     * packets holds even a cancelled statement, whose thread then keeps its turn until the driver gives up.
     *
     * @param question asks with the {@link RpaDbPools#CONTROL} client
     * @throws Problem if rpa_db does not answer in time or refuses, or if too many ask
     */
    public <T> T ask(Supplier<T> question) {
        long askedAt = System.nanoTime();
        takeTurn();
        long left = LONGEST.toNanos() - (System.nanoTime() - askedAt);
        var answer = new FutureTask<T>(() -> {
            try {
                return Objects.requireNonNull(transaction.execute(status -> question.get()));
            } finally {
                turns.giveBack();
            }
        });
        start(answer);
        try {
            return answer.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // Who has waited for a turn cannot say that rpa_db is slow.
            throw left < LONGEST.minus(NO_WAIT).toNanos()
                    ? busy()
                    : new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "rpa_db does not answer within %d s".formatted(LONGEST.toSeconds()));
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Kind.UNAVAILABLE, "The worker stops");
        }
    }

    private void start(Runnable answer) {
        try {
            threads.execute(answer);
        } catch (Throwable noThread) {
            turns.giveBack();
            throw noThread;
        }
    }

    private static RuntimeException failure(@Nullable Throwable thrown) {
        // A connection that has become unusable cannot be rolled back either: why it has is what there is to say.
        Throwable before = thrown instanceof TransactionSystemException it ? it.getApplicationException() : null;
        Throwable cause = before == null ? thrown : before;
        if (cause instanceof DataAccessException || cause instanceof TransactionException) {
            String what = DatabaseError.isRefusal(cause) ? "rpa_db refuses the question: " : "rpa_db does not answer: ";
            return new Problem(Problem.Kind.UNAVAILABLE, what + FailureReason.of(cause));
        }
        return cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    }

    /**
     * The same on this thread and without a turn: for what is asked one at a time, and must not look as if rpa_db were
     * silent because others ask a lot.
     *
     * @throws Problem if rpa_db does not answer, or refuses
     */
    public <T> T askBesides(Supplier<T> question) {
        try {
            return Objects.requireNonNull(transaction.execute(status -> question.get()));
        } catch (DataAccessException | TransactionException e) {
            throw failure(e);
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

    private void takeTurn() {
        if (!turns.take()) {
            throw busy();
        }
    }

    private static Problem busy() {
        return new Problem(Problem.Kind.UNAVAILABLE, "Too many questions are under way; ask again in a moment");
    }
}
