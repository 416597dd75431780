package io.rpaworker.control;

import io.rpaworker.database.RpaDbPools;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Carries out what an operator has ordered, a bounded batch at a time. Each batch is a transaction, in which it is
 * written down as well; one that changes nothing is not.
 */
@Component
public class AuditedBatches {

    private final TransactionOperations transaction;
    private final AuditLog audit;

    AuditedBatches(@Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction, AuditLog audit) {
        this.transaction = transaction;
        this.audit = audit;
    }

    /**
     * What was ordered.
     *
     * @param actor who asked for it, and why
     * @param flow whose records; null for those of any flow
     * @param details what was asked for, written as JSON
     */
    public record Order(
            Actor actor, String action, @Nullable String flow, Object details) {}

    /** What one batch has changed. */
    public interface Batch {

        /** How many records. */
        int records();
    }

    /**
     * Changes batch after batch.
     *
     * @param change changes one, and is given the one before; null for the first
     * @param isFollowed whether another one comes after it
     * @return all of them, in their order
     */
    public <B extends Batch> List<B> all(Order order, Function<@Nullable B, B> change, Predicate<B> isFollowed) {
        var batches = new ArrayList<B>();
        B last;
        do {
            B before = batches.isEmpty() ? null : batches.getLast();
            last = one(order, () -> change.apply(before));
            batches.add(last);
        } while (isFollowed.test(last));
        return batches;
    }

    /** Changes one batch. */
    public <B extends Batch> B one(Order order, Supplier<B> change) {
        return Objects.requireNonNull(transaction.execute(status -> {
            B batch = change.get();
            if (batch.records() > 0) {
                audit.note(order.actor(), order.action(), order.flow(), order.details(), batch.records());
            }
            return batch;
        }));
    }
}
