package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rpaworker.flows.survey.SurveyBench.Database;
import io.rpaworker.flows.survey.SurveySource.Parameters;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.Source;
import io.rpaworker.surveyhub.SurveyHub;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class SurveySourceTests {

    private static final Parameters ALL = new Parameters(null, null);

    @RegisterExtension
    private static final SurveyBench BENCH = new SurveyBench(Database.embedded(), Database.standIn("source"));

    private static Page page(Parameters parameters, @Nullable String cursor, int size) {
        var run = new RunContext<>(12, SurveyHandler.FLOW, parameters, null, Instant.EPOCH);
        return BENCH.source().page(run, cursor, size);
    }

    private static List<String> keys(Parameters parameters, int size) {
        var keys = new ArrayList<String>();
        String cursor = null;
        do {
            Page page = page(parameters, cursor, size);
            page.records().stream().map(NewRecord::key).forEach(keys::add);
            assertThat(page.next()).isNotEqualTo(cursor == null ? "" : cursor);
            cursor = page.next();
        } while (cursor != null);
        return keys;
    }

    @Test
    void aPageBeginsAfterTheLastIdOfTheOneBefore() {
        for (String id : List.of("c", "a", "e", "b", "d")) {
            BENCH.addSurvey(id, "C-" + id, "yes", "no");
        }

        Page first = page(ALL, null, 2);

        assertThat(first)
                .isEqualTo(Page.of(
                        List.of(
                                NewRecord.of(
                                        "{\"survey_id\":\"a\",\"customer_id\":\"C-a\",\"found_by_run\":12}",
                                        "survey/a"),
                                NewRecord.of(
                                        "{\"survey_id\":\"b\",\"customer_id\":\"C-b\",\"found_by_run\":12}",
                                        "survey/b")),
                        "b"));
        // Gone meanwhile: nothing is read twice or left out for it.
        BENCH.removeSurvey("b");
        assertThat(page(ALL, first.next(), 2).records())
                .extracting(NewRecord::key)
                .containsExactly("survey/c", "survey/d");
        assertThat(page(ALL, "d", 2).next()).isNull();
        assertThat(page(ALL, "e", 2)).isEqualTo(Page.last(List.of()));
    }

    @Test
    void whatIsScoredAlreadyIsLeftOutAndAPageOfNothingElseIsNotTheLast() {
        for (String id : List.of("a", "b", "c", "d")) {
            BENCH.addSurvey(id, "C-1", "yes");
        }
        BENCH.write(BENCH.handled(List.of(BENCH.record("a", "C-1"), BENCH.record("b", "C-1"))));

        assertThat(page(ALL, null, 2)).isEqualTo(Page.of(List.of(), "b"));
        assertThat(keys(ALL, 2)).containsExactly("survey/c", "survey/d");
    }

    @Test
    void whatCannotBeScoredIsLeftOut() {
        BENCH.addSurvey("a", "C-1");
        BENCH.addSurvey("b", null, "yes");
        BENCH.addSurvey("c", " ", "yes");
        BENCH.addSurvey("#d", "C-1", "yes");

        assertThat(keys(ALL, 1)).containsExactly("survey/#d");
    }

    @Test
    void parametersSayWhoseAndOfWhichYear() {
        BENCH.addSurvey("a", "C-1", "yes");
        BENCH.addSurvey("b", "C-2", "yes");
        BENCH.addSurvey("c", "C-1", "yes");
        BENCH.moveTo("c", 2025);

        assertThat(keys(new Parameters("C-1", null), 5)).containsExactly("survey/a", "survey/c");
        assertThat(keys(new Parameters(null, 2026), 5)).containsExactly("survey/a", "survey/b");
        assertThat(keys(new Parameters("C-1", 2025), 5)).containsExactly("survey/c");
        assertThat(keys(new Parameters("C-3", null), 5)).isEmpty();
    }

    @Test
    void surveyHubIsWhatItWaitsFor() {
        Source source = BENCH.source().sources().getFirst();

        assertThat(source.name()).isEqualTo("surveyHub");
        assertThatCode(() -> source.probe().check()).doesNotThrowAnyException();
        var nothing = new StaticListableBeanFactory();
        assertThatIllegalStateException()
                .isThrownBy(new SurveySource(nothing.getBeanProvider(SurveyHub.class), BENCH.rpaDb())::sources)
                .withMessage("flow survey_processor reads SurveyHub: set rpa.survey-hub.url");
    }
}
