package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
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
    }
}
