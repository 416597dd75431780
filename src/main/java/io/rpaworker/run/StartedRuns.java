package io.rpaworker.run;

import io.rpaworker.flow.FlowRuns;
import io.rpaworker.handler.Runs;
import io.rpaworker.queue.intake.RunIntake;
import io.rpaworker.queue.run.NewRuns;
import io.rpaworker.queue.run.NewRuns.NewRun;
import io.rpaworker.queue.run.Trigger;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Starts runs in a transaction of their author's. */
@Component
class StartedRuns implements Runs {

    private final NewRuns runs;
    private final ObjectProvider<RunKinds> kinds;
    private final FlowRuns settings;
    private final RunIntake intake;
    private final JsonMapper json;

    // A jar's beans, which say what kinds there are, may have this one injected.
    StartedRuns(
            JdbcClient jdbc,
            TransactionOperations transaction,
            ObjectProvider<RunKinds> kinds,
            FlowRuns settings,
            RunIntake intake,
            JsonMapper json) {
        this.runs = new NewRuns(jdbc, transaction);
        this.kinds = kinds;
        this.settings = settings;
        this.intake = intake;
        this.json = json;
    }

    @Override
    public long start(String flow, Map<String, Object> parameters) {
        RunKind<?, ?> kind = kinds.getObject()
                .of(flow)
                .orElseThrow(() -> new IllegalArgumentException("Flow %s has no RecordSource here".formatted(flow)));
        String text;
        try {
            text = json.writeValueAsString(parameters);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("The parameters are not JSON: " + e.getOriginalMessage(), e);
        }
        intake.refuseUnfitParameters(text);
        kind.check(text);
        var run = new NewRun(
                flow, Trigger.API, null, text, false, settings.of(flow).overlap(), "api");
        return runs.start(run).orElseThrow();
    }
}
