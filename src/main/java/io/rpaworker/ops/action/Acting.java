package io.rpaworker.ops.action;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Turns;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Carries out what operators order, two orders at once: they share the control pool with claims and chores, which must
 * not wait for them. An order may take as long as its records do, batch by batch; each batch is committed and written
 * down by itself, so that whatever ends an order leaves what was done.
 */
@Component
class Acting {

    private static final int AT_ONCE = 2;
    private static final int WAITING = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Turns turns = new Turns(AT_ONCE, WAITING, PATIENCE);

    /**
     * Carries out one.
     *
     * @throws Problem if rpa_db does not answer or refuses, or if too many orders are under way
     */
    <T> T act(Supplier<T> order) {
        if (!turns.take()) {
            throw new Problem(Problem.Kind.UNAVAILABLE, "Too many orders are under way; try again in a moment");
        }
        try {
            return order.get();
        } catch (DataAccessException | TransactionException e) {
            String what = DatabaseError.isRefusal(e) ? "rpa_db refuses the order: " : "rpa_db does not answer: ";
            throw new Problem(Problem.Kind.UNAVAILABLE, what + FailureReason.of(e));
        } finally {
            turns.giveBack();
        }
    }
}
