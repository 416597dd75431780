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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SurveyResultsTests {

    private static SurveyBench bench;

    @BeforeAll
    static void start() {
        bench = new SurveyBench(Database.embedded(), Database.standIn("results"));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @BeforeEach
    void clear() {
        bench.clear();
    }

    @Test
    void chunkIsWritten() {
        bench.addSurvey("S-1", "C-1", "1", "2", null);
        bench.addSurvey("S-2", "C-2", "yes");
        var first = bench.record("S-1", "C-1");
        var second = bench.record("S-2", "C-2");

        bench.write(bench.handled(List.of(first, second)));

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
        bench.addSurvey("S-1", "C-1", "1");
        bench.write(bench.handled(List.of(bench.record("S-1", "C-1"))));
        bench.rpaDb()
                .sql("update survey_result set processed_at = '2000-01-01'")
                .update();

        bench.addResponses("S-1", null, "5");
        var again = bench.record("S-1", "C-1");
        bench.write(bench.handled(List.of(again)));

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
        bench.addSurvey("S-1", "C-1", "1");
        bench.addSurvey("S-2", "C-2", "1");
        var first = bench.record("S-1", "C-1");
        var between = bench.record("S-2", "C-2");
        var last = bench.record("S-1", "C-1");

        bench.write(bench.handled(List.of(first, between, last)));

        assertThat(rows("S-1")).singleElement().satisfies(row -> assertThat(row).containsEntry("record_id", last.id()));
        assertThat(rows("S-2")).hasSize(1);
    }

    @Test
    void textOfAnyKindIsKept() {
        String id = "S'1\"{},\\ü\n{NULL}";
        bench.addSurvey(id, "NULL", "1");

        bench.write(bench.handled(List.of(bench.record(id, "NULL"))));

        assertThat(rows(id))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("customer_id", "NULL")
                        .containsEntry("survey_name", "Survey " + id));
    }

    @Test
    void chunksWithTheSameSurveysInOppositeOrdersDoNotDeadlock() throws Exception {
        for (int i = 0; i < 50; i++) {
            bench.addSurvey("S-" + i, "C-" + i, "1");
        }
        var upwards = IntStream.range(0, 50)
                .mapToObj(i ->
                        bench.handled(List.of(bench.record("S-" + i, "C-" + i))).getFirst())
                .toList();
        var together = new CyclicBarrier(2);

        try (var two = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = Stream.of(upwards, upwards.reversed())
                    .map(chunk -> two.submit(() -> {
                        for (int turn = 0; turn < 100; turn++) {
                            // bounded, for the one whose partner was the victim of a deadlock
                            together.await(10, TimeUnit.SECONDS);
                            bench.write(chunk);
                        }
                        return null;
                    }))
                    .toList();
            for (var task : tasks) {
                task.get();
            }
        }

        assertThat(bench.rpaDb()
                        .sql("select count(*) from survey_result")
                        .query(Integer.class)
                        .single())
                .isEqualTo(50);
    }

    private static List<Map<String, Object>> rows(String surveyId) {
        return bench.rpaDb().sql("""
                        select customer_id, survey_name, answered, total, completeness, numeric_mean, grade, record_id,
                            processed_at
                        from survey_result
                        where survey_id = :id
                        """).param("id", surveyId).query().listOfRows();
    }
}
