package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.handler.Runs;
import io.rpaworker.local.StandIn;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs of the surveys, in the whole worker between an rpa_db and SurveyHub's stand-in. */
class SurveyRunTests {

    private final RpaDb db = Postgres.migrated();
    private final StandIn standIn = StandIn.create("runs-" + UUID.randomUUID());
    private final JdbcClient surveyHub = JdbcClient.create(standIn.dataSource());

    private TestWorker.Builder worker() {
        return TestWorker.on(db)
                .flow(SurveyHandler.FLOW)
                .property("rpa.survey-hub.url", standIn.url())
                .property("rpa.flows.survey_processor.run.page-size", "2")
                .property("rpa.flows.survey_processor.max-retries", "1");
    }

    private void addSurvey(String id, @Nullable String... answers) {
        surveyHub
                .sql(
                        "insert into surveys (survey_id, customer_id, survey_name, [year]) values (?, 'C-1', 'Trains', 2026)")
                .param(id)
                .update();
        for (String answer : answers) {
            surveyHub
                    .sql("insert into responses (survey_id, question, answer) values (?, 'Q', ?)")
                    .param(id)
                    .param(answer)
                    .update();
        }
    }

    private long run(TestWorker worker, Map<String, Object> parameters, String state) {
        long run = worker.bean(Runs.class).start(SurveyHandler.FLOW, parameters);
        worker.until(() -> state(run).equals(state));
        return run;
    }

    private String state(long run) {
        return db.jdbc()
                .sql("select state from processing_run where id = ?")
                .param(run)
                .query(String.class)
                .single();
    }

    private List<Map<String, Object>> summaries() {
        return db.jdbc()
                .sql("select run_id, round, records, completed, failed, cancelled, scored, complete, partial, poor,"
                        + " average_completeness from survey_summary order by run_id")
                .query()
                .listOfRows();
    }

    private Map<String, @Nullable Long> runsOfScores() {
        return db.jdbc().sql("select survey_id, run_id from survey_result").query().listOfRows().stream()
                .collect(
                        HashMap::new,
                        (map, row) -> map.put((String) row.get("survey_id"), (Long) row.get("run_id")),
                        Map::putAll);
    }

    @Test
    void eachSurveyThatHasNoScoreIsScoredOnceAndTheRunIsSummedUp() {
        addSurvey("a", "1", "2");
        addSurvey("b", "1", null);
        addSurvey("c", null, null, "3");
        addSurvey("d", "4");
        addSurvey("e");
        db.execute("insert into survey_result values ('d', 'C-1', 'Trains', 0, 1, 0, null, 'poor', 1, now())");
        try (TestWorker worker = worker().start()) {
            long first = run(worker, Map.of(), "completed");

            var expected = new HashMap<String, @Nullable Long>(Map.of("a", first, "b", first, "c", first));
            expected.put("d", null);
            assertThat(runsOfScores()).isEqualTo(expected);
            assertThat(db.count(SurveyHandler.FLOW, "completed")).isEqualTo(3);
            assertThat(summaries())
                    .singleElement()
                    .satisfies(it -> assertThat(it.values())
                            .containsExactly(first, 1, 3L, 3L, 0L, 0L, 3L, 1L, 1L, 1L, new BigDecimal("0.6111")));

            long second = run(worker, Map.of(), "completed");

            assertThat(db.count(SurveyHandler.FLOW, "completed")).isEqualTo(3);
            assertThat(summaries().getLast().values()).containsExactly(second, 1, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, null);
        }
    }

    @Test
    void aRunThatEndsOnceMoreReplacesItsSummary() {
        addSurvey("a", "1");
        addSurvey("b", "1", null);
        db.execute("alter table survey_result add constraint trouble check (survey_id <> 'b')");
        try (TestWorker worker = worker().start()) {
            long run = run(worker, Map.of("customer_id", "C-1", "year", 2026), "completed_with_failures");
            assertThat(summaries())
                    .singleElement()
                    .satisfies(it -> assertThat(it.values())
                            .containsExactly(run, 1, 2L, 1L, 1L, 0L, 1L, 1L, 0L, 0L, new BigDecimal("1.0000")));

            db.execute("alter table survey_result drop constraint trouble");
            worker.bean(RunOrders.class).retry(run);
            worker.until(() -> state(run).equals("completed"));

            assertThat(summaries())
                    .singleElement()
                    .satisfies(it -> assertThat(it.values())
                            .containsExactly(run, 2, 2L, 2L, 0L, 0L, 2L, 1L, 1L, 0L, new BigDecimal("0.7500")));
        }
    }

    @Test
    void parametersThatMakeNoSenseAreRefused() {
        try (TestWorker worker = worker().start()) {
            Runs runs = worker.bean(Runs.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> runs.start(SurveyHandler.FLOW, Map.of("year", 26)))
                    .withMessage("The parameters do not fit: is not valid: year must be greater than or equal to 1900");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> runs.start(SurveyHandler.FLOW, Map.of("customer_id", "")))
                    .withMessageContaining("customerId size must be between 1 and 400");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> runs.start(SurveyHandler.FLOW, Map.of("year", "this one")))
                    .withMessageContaining("year");
            assertThat(db.jdbc()
                            .sql("select count(*) from processing_run")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    // Beans of runs are there whether or not the flow is: none may ask for what only the flow needs.
    @Test
    void aWorkerWithoutSurveyHubStartsAsBefore() {
        try (TestWorker worker = TestWorker.on(db).start()) {
            assertThat(worker.bean(SurveySource.class).flow()).isEqualTo(SurveyHandler.FLOW);
            assertThat(worker.bean(SurveySummary.class).sources()).isEmpty();
        }
    }
}
