package io.rpaworker.testing;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A handler of records with a number, which completes each with its number.
 *
 * @param flow its name
 * @param before what it does first; its exception is the handler's
 * @param writing what its {@code write} does with the numbers of a chunk
 */
public record Numbers(String flow, Before before, Consumer<List<Handled<Numbers.Numbered, Integer>>> writing)
        implements RecordHandler<Numbers.Numbered, Integer> {

    /** The payload. */
    public record Numbered(int n) {}

    /** What a test has done for each record. */
    @FunctionalInterface
    public interface Before {
        void handling(int n) throws Exception;
    }

    /** Does nothing else. */
    public static Numbers of(String flow) {
        return new Numbers(flow, n -> {}, chunk -> {});
    }

    /** The same, but it does this first. */
    public Numbers before(Before handling) {
        return new Numbers(flow, handling, writing);
    }

    /** The same, but it waits for this first. */
    public Numbers waitingFor(CountDownLatch gate) {
        return before(n -> gate.await());
    }

    /** The same, but it writes this. */
    public Numbers writing(Consumer<List<Handled<Numbered, Integer>>> chunk) {
        return new Numbers(flow, before, chunk);
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Numbered> record) throws Exception {
        before.handling(record.payload().n());
        return Outcome.completed(record.payload().n());
    }

    @Override
    public void write(List<Handled<Numbered, Integer>> chunk) {
        writing.accept(chunk);
    }
}
