package io.rpaworker.ops;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a system something without waiting for the answer longer than a given time. The driver's own timeouts are longer
 * than anybody who looks at health will wait, and a network that swallows packets holds even a cancelled query.
 *
 * <p>A question that hangs goes on in a thread of its own, and whoever asks meanwhile waits for the same answer. So a
 * silent system costs one thread and one connection, however often somebody looks.
 */
public final class BoundedQuestion<T> {

    private final String name;
    private final Callable<T> question;
    private final Duration patience;
    private @Nullable FutureTask<Answered<T>> underWay;
    // The driver says what is wrong, but often only when nobody waits any more: kept for the next one who asks.
    private volatile @Nullable String lastFailure;

    /**
     * An inquiry that has not asked yet.
     *
     * @param name of the thread that asks
     * @param patience how long one who asks waits at most
     */
    public BoundedQuestion(String name, Duration patience, Callable<T> question) {
        this.name = name;
        this.patience = patience;
        this.question = question;
    }

    /** Asks, or waits for the answer to a question that is already under way. */
    public Answer<T> ask() {
        return ask(patience);
    }

    /** The same, with a patience of its own. */
    public Answer<T> ask(Duration atMost) {
        try {
            return underWay().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            String known = lastFailure;
            return new Unanswered<>(
                    "No answer within " + atMost.toMillis() + " ms" + (known == null ? "" : "; before: " + known));
        } catch (ExecutionException e) {
            return new Unanswered<>(reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unanswered<>("Interrupted");
        }
    }

    private synchronized FutureTask<Answered<T>> underWay() {
        FutureTask<Answered<T>> asked = underWay;
        if (asked == null || asked.isDone()) {
            asked = new FutureTask<>(this::answer);
            // Where there is no thread for it, it is not under way either, or all would wait for it for ever.
            Thread.ofPlatform().daemon().name("rpa-ask-" + name).start(asked);
            underWay = asked;
        }
        return asked;
    }

    private Answered<T> answer() throws Exception {
        long asked = System.nanoTime();
        try {
            T value = question.call();
            lastFailure = null;
            return new Answered<>(value, Duration.ofNanos(System.nanoTime() - asked));
        } catch (Throwable e) {
            lastFailure = reason(e);
            throw e;
        }
    }

    private static String reason(Throwable failure) {
        return FailureReason.of(failure);
    }
}
