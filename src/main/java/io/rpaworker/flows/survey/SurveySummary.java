package io.rpaworker.flows.survey;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunSummary;
import java.sql.Types;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Sums a run up, one row in {@code survey_summary}; a run that ends once more replaces its row. */
@Component
class SurveySummary implements RunCompletion<SurveySource.Parameters, SurveyFigures> {

    private static final String UPSERT = """
            insert into survey_summary (
                run_id, round, records, completed, failed, cancelled, scored, complete, partial, poor,
                average_completeness, written_at)
            values (
                :run, :round, :records, :completed, :failed, :cancelled, :scored, :complete, :partial, :poor,
                cast(:averageCompleteness as numeric), now())
            on conflict (run_id) do update set
                round = excluded.round,
                records = excluded.records,
                completed = excluded.completed,
                failed = excluded.failed,
                cancelled = excluded.cancelled,
                scored = excluded.scored,
                complete = excluded.complete,
                partial = excluded.partial,
                poor = excluded.poor,
                average_completeness = excluded.average_completeness,
                written_at = excluded.written_at
            """;

    private final JdbcClient jdbc;
    private final SurveyResults results;

    SurveySummary(JdbcClient rpaDb) {
        this.jdbc = rpaDb;
        this.results = new SurveyResults(rpaDb);
    }

    @Override
    public String flow() {
        return SurveyHandler.FLOW;
    }

    @Override
    public SurveyFigures handle(RunSummary<SurveySource.Parameters> run) {
        return results.figures(run.run().id());
    }

    @Override
    public List<NewRecord> write(RunSummary<SurveySource.Parameters> run, SurveyFigures figures) {
        jdbc.sql(UPSERT)
                .param("run", run.run().id())
                .param("round", run.round())
                .param("records", run.records())
                .param("completed", run.completed())
                .param("failed", run.failed())
                .param("cancelled", run.cancelled())
                .param("scored", figures.scored())
                .param("complete", figures.complete())
                .param("partial", figures.partial())
                .param("poor", figures.poor())
                .param("averageCompleteness", figures.averageCompleteness(), Types.NUMERIC)
                .update();
        return List.of();
    }
}
