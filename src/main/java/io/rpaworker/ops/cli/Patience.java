package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at something until it is over. Whoever waits for hours is not sent away because rpa_db is restarted meanwhile;
 * but what has never answered is told at once.
 */
final class Patience<T> {

    private final Supplier<T> look;
    private final Predicate<T> isOver;
    private final Consumer<String> say;
    private boolean silent;

    /**
     * Looks at nothing yet.
     *
     * @param say told when rpa_db does not answer, and when it does again
     */
    Patience(Supplier<T> look, Predicate<T> isOver, Consumer<String> say) {
        this.look = look;
        this.isOver = isOver;
        this.say = say;
    }

    /**
     * Waits.
     *
     * @param pause between two looks
     * @param seconds how long at most; null for ever
     * @param seen given what each look has seen
     * @return what was seen last
     * @throws Problem if rpa_db does not answer to begin with, or refuses
     */
    T until(Duration pause, @Nullable Long seconds, Consumer<T> seen) {
        long began = System.nanoTime();
        T last = look.get();
        seen.accept(last);
        while (!isOver.test(last)
                && (seconds == null
                        || System.nanoTime() - began
                                < Duration.ofSeconds(seconds).toNanos())) {
            rest(pause);
            last = look(last, seen);
        }
        return last;
    }

    private T look(T last, Consumer<T> seen) {
        try {
            T found = look.get();
            if (silent) {
                silent = false;
                say.accept("rpa_db answers again.");
            }
            seen.accept(found);
            return found;
        } catch (Problem e) {
            if (!Explanation.isSilence(e)) {
                throw e;
            }
            if (!silent) {
                silent = true;
                say.accept(e.getMessage() + ". Waiting on.");
            }
            return last;
        }
    }

    private static void rest(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.failed("Interrupted.");
        }
    }
}
