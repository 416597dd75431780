package io.rpaworker.bench.handler;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Runs;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Starts a run for each record, as a program does. */
@Component
public class RunStartHandler implements RecordHandler<AskedOrders, @Nullable Void> {

    private final Runs runs;

    RunStartHandler(Runs runs) {
        this.runs = runs;
    }

    @Override
    public String flow() {
        return "run_starts";
    }

    @Override
    public Outcome<@Nullable Void> handle(WorkRecord<AskedOrders> record) {
        return Outcome.completed(null);
    }

    @Override
    public void write(List<Handled<AskedOrders, @Nullable Void>> chunk) {
        chunk.forEach(it -> runs.start(
                RunOrderHandler.FLOW, Map.of("after", it.record().payload().after())));
    }
}
