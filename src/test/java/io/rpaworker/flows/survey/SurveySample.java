package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flows.survey.SurveySource.Parameters;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RunContext;
import java.time.Instant;
import java.util.List;

/** The whole way of a few surveys, for every pair of databases alike. */
record SurveySample(SurveyBench bench) {

    void isScoredAndWritten() {
        bench.addSurvey("S-1", "C-1", "Zürich", "4", "5", null);
        bench.addSurvey("S-2", "C-2");

        bench.write(bench.handled(List.of(bench.record("S-1", "C-1"), bench.record("S-1", "C-1"))));

        assertThat(bench.rpaDb()
                        .sql("select answered, total, completeness, numeric_mean, grade from survey_result")
                        .query()
                        .singleRow()
                        .values())
                .extracting(Object::toString)
                .containsExactly("3", "4", "0.7500", "4.5000", "partial");
        assertThat(bench.handler().handle(List.of(bench.record("S-2", "C-2"), bench.record("S-3", "C-3"))))
                .containsExactly(
                        Outcome.rejected("survey S-2 has no responses"),
                        Outcome.rejected("survey S-3 is not in SurveyHub"));
        bench.addSurvey("S-4", "C-4", "1");
        bench.addSurvey("S-5", "C-4", "1");
        var run = new RunContext<>(1, SurveyHandler.FLOW, new Parameters("C-4", 2026), null, Instant.EPOCH);
        assertThat(bench.source().page(run, "S-4", 5).records())
                .extracting(NewRecord::key)
                .containsExactly("survey/S-5");
        assertThat(bench.source().page(run, null, 1).next()).isEqualTo("S-4");
    }
}
