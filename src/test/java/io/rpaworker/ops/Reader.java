package io.rpaworker.ops;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads a source that may not answer; rejects 1, fails at 2, completes the rest. */
public final class Reader implements RecordHandler<Reader.Numbered, Integer> {

    public static final String FLOW = "reader";

    public final AtomicBoolean sourceAnswers = new AtomicBoolean(true);

    public record Numbered(int n) {}

    @Override
    public String flow() {
        return FLOW;
    }

    @Override
    public List<Source> sources() {
        return List.of(new Source("catalogue", () -> {
            if (!sourceAnswers.get()) {
                throw new SourceUnavailableException("catalogue is closed");
            }
        }));
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Numbered> record) {
        return switch (record.payload().n()) {
            case 1 -> throw new RecordRejectedException("not 1");
            case 2 -> throw new IllegalStateException("not 2");
            default -> Outcome.completed(record.payload().n());
        };
    }
}
