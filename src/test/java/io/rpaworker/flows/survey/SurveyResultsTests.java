package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flows.survey.SurveyBench.Database;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SurveyResultsTests {

    @RegisterExtension
    private static final SurveyBench BENCH = new SurveyBench(Database.embedded(), Database.standIn("results"));

    @Test
    void chunkIsWritten() {
        BENCH.addSurvey("S-1", "C-1", "1", "2", null);
        BENCH.addSurvey("S-2", "C-2", "yes");
        var first = BENCH.record("S-1", "C-1");
        var second = BENCH.record("S-2", "C-2");

        BENCH.write(BENCH.handled(List.of(first, second)));

        assertThat(rows("S-1"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("customer_id", "C-1")
                        .containsEntry("survey_name", "Survey S-1")
                        .containsEntry("answered", 2)
                        .containsEntry("total", 3)
                        .hasEntrySatisfying("completeness", it -> assertThat(it).hasToString("0.6667"))
                        .hasEntrySatisfying("numeric_mean", it -> assertThat(it).hasToString("1.5000"))
                        .containsEntry("grade", "partial")
                        .containsEntry("record_id", first.id())
                        .hasEntrySatisfying("processed_at", it -> assertThat(it).isNotNull()));
        assertThat(rows("S-2"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("numeric_mean", null)
                        .containsEntry("grade", "complete")
                        .containsEntry("record_id", second.id()));
    }

    @Test
    void surveyThatIsScoredAgainReplacesItsRow() {
        BENCH.addSurvey("S-1", "C-1", "1");
        BENCH.write(BENCH.handled(List.of(BENCH.record("S-1", "C-1"))));
        BENCH.rpaDb()
                .sql("update survey_result set processed_at = '2000-01-01'")
                .update();

        BENCH.addResponses("S-1", null, "5");
        var again = BENCH.record("S-1", "C-1");
        BENCH.write(BENCH.handled(List.of(again)));

        assertThat(rows("S-1"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("answered", 2)
                        .containsEntry("total", 3)
                        .hasEntrySatisfying("numeric_mean", it -> assertThat(it).hasToString("3.0000"))
                        .containsEntry("record_id", again.id())
                        .hasEntrySatisfying(
                                "processed_at", it -> assertThat(it.toString()).doesNotStartWith("2000")));
    }

    @Test
    void ofTwoRecordsOfOneSurveyInAChunkTheLastOneStays() {
        BENCH.addSurvey("S-1", "C-1", "1");
        BENCH.addSurvey("S-2", "C-2", "1");
        var first = BENCH.record("S-1", "C-1");
        var between = BENCH.record("S-2", "C-2");
        var last = BENCH.record("S-1", "C-1");

        BENCH.write(BENCH.handled(List.of(first, between, last)));

        assertThat(rows("S-1")).singleElement().satisfies(row -> assertThat(row).containsEntry("record_id", last.id()));
        assertThat(rows("S-2")).hasSize(1);
    }

    @Test
    void textOfAnyKindIsKept() {
        String id = "S'1\"{},\\ü\n{NULL}";
        BENCH.addSurvey(id, "NULL", "1");

        BENCH.write(BENCH.handled(List.of(BENCH.record(id, "NULL"))));

        assertThat(rows(id))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("customer_id", "NULL")
                        .containsEntry("survey_name", "Survey " + id));
    }

    @Test
    void chunksWithTheSameSurveysInOppositeOrdersDoNotDeadlock() throws Exception {
        for (int i = 0; i < 50; i++) {
            BENCH.addSurvey("S-" + i, "C-" + i, "1");
        }
        var upwards = IntStream.range(0, 50)
                .mapToObj(i ->
                        BENCH.handled(List.of(BENCH.record("S-" + i, "C-" + i))).getFirst())
                .toList();
        var together = new CyclicBarrier(2);

        try (var two = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = Stream.of(upwards, upwards.reversed())
                    .map(chunk -> two.submit(() -> {
                        for (int turn = 0; turn < 100; turn++) {
                            // bounded, for the one whose partner was the victim of a deadlock
                            together.await(10, TimeUnit.SECONDS);
                            BENCH.write(chunk);
                        }
                        return null;
                    }))
                    .toList();
            for (var task : tasks) {
                task.get();
            }
        }

        assertThat(BENCH.rpaDb()
                        .sql("select count(*) from survey_result")
                        .query(Integer.class)
                        .single())
                .isEqualTo(50);
    }

    private static List<Map<String, Object>> rows(String surveyId) {
        return BENCH.rpaDb().sql("""
                        select customer_id, survey_name, answered, total, completeness, numeric_mean, grade, record_id,
                            processed_at
                        from survey_result
                        where survey_id = :id
                        """).param("id", surveyId).query().listOfRows();
    }
}
