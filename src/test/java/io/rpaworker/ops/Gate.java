package io.rpaworker.ops;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.concurrent.CompletableFuture;

/** Holds every record until it is opened, whoever interrupts it. */
public final class Gate implements RecordHandler<Gate.Nothing, Integer> {

    public static final String FLOW = "gate";

    private final CompletableFuture<Integer> opened = new CompletableFuture<>();

    public record Nothing() {}

    public void open() {
        opened.complete(1);
    }

    @Override
    public String flow() {
        return FLOW;
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Nothing> record) {
        return Outcome.completed(opened.join());
    }
}
