package io.rpaworker.flows.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rpaworker.flows.survey.SurveyBench.Database;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.surveyhub.SurveyHub;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class SurveyHandlerTests {

    @RegisterExtension
    private static final SurveyBench BENCH = new SurveyBench(Database.embedded(), Database.standIn("handler"));

    @Test
    void everyRecordGetsTheOutcomeOfItsOwnSurveyInTheRecordsOrder() {
        BENCH.addSurvey("S-1", "C-1", "yes", "4");
        BENCH.addSurvey("S-2", "C-2", null, "no", " ");

        List<Outcome<SurveyScore>> outcomes =
                handle(List.of(BENCH.record("S-2", "C-2"), BENCH.record("S-9", "C-9"), BENCH.record("S-1", "C-1")));

        assertThat(score(outcomes.get(0)).grade()).isEqualTo(Grade.POOR);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Rejected.class);
        assertThat(score(outcomes.get(2)).numericMean()).isEqualTo("4.0000");
        assertThat(score(outcomes.get(2)).surveyName()).isEqualTo("Survey S-1");
    }

    @Test
    void twoRecordsOfOneSurveyBothGetItsScore() {
        BENCH.addSurvey("S-1", "C-1", "yes");

        List<Outcome<SurveyScore>> outcomes = handle(List.of(BENCH.record("S-1", "C-1"), BENCH.record("S-1", "C-1")));

        assertThat(outcomes)
                .hasSize(2)
                .allSatisfy(it -> assertThat(score(it).total()).isEqualTo(1));
    }

    @Test
    void unknownSurveyIsRejected() {
        assertThat(handle(List.of(BENCH.record("S-1", "C-1"))))
                .containsExactly(Outcome.rejected("survey S-1 is not in SurveyHub"));
    }

    @Test
    void surveyWithoutResponseRowsIsRejected() {
        BENCH.addSurvey("S-1", "C-1");

        assertThat(handle(List.of(BENCH.record("S-1", "C-1"))))
                .containsExactly(Outcome.rejected("survey S-1 has no responses"));
    }

    @Test
    void recordOfAnotherCustomerIsRejected() {
        BENCH.addSurvey("S-1", "C-1", "yes");
        BENCH.addSurvey("S-2", null, "yes");

        assertThat(handle(List.of(BENCH.record("S-1", "C-2"), BENCH.record("S-2", "C-2"))))
                .containsExactly(
                        Outcome.rejected("survey S-1 belongs to customer C-1 in SurveyHub, the record says C-2"),
                        Outcome.rejected("survey S-2 belongs to customer null in SurveyHub, the record says C-2"));
    }

    @Test
    void idsAreComparedExactly() {
        BENCH.addSurvey("s-1", "C-1", "yes");

        assertThat(handle(List.of(BENCH.record("S-1", "C-1"))))
                .containsExactly(Outcome.rejected("survey S-1 is not in SurveyHub"));
    }

    @Test
    void batchMayHaveMoreSurveysThanSqlServerTakesParameters() {
        var batch = new ArrayList<WorkRecord<SurveyPayload>>();
        for (int i = 0; i < 2_500; i++) {
            BENCH.addSurvey("S-" + i, "C-" + i, Integer.toString(i), null);
            batch.add(BENCH.record("S-" + i, "C-" + i));
        }

        List<Outcome<SurveyScore>> outcomes = BENCH.handler().handle(batch);

        assertThat(outcomes).hasSize(2_500);
        for (int i = 0; i < 2_500; i++) {
            assertThat(score(outcomes.get(i)).numericMean()).isEqualByComparingTo(Integer.toString(i));
        }
    }

    @Test
    void sourceIsSurveyHub() {
        Source source = BENCH.handler().sources().getFirst();

        assertThat(source.name()).isEqualTo("surveyHub");
        assertThatCode(() -> source.probe().check()).doesNotThrowAnyException();
    }

    @Test
    void withoutSurveyHubTheFlowSaysWhatToSet() {
        var nothing = new StaticListableBeanFactory();
        var handler = new SurveyHandler(nothing.getBeanProvider(SurveyHub.class), BENCH.rpaDb());

        assertThatIllegalStateException()
                .isThrownBy(handler::sources)
                .withMessage("flow survey_processor reads SurveyHub: set rpa.survey-hub.url");
    }

    private static List<Outcome<SurveyScore>> handle(List<WorkRecord<SurveyPayload>> batch) {
        return BENCH.handler().handle(batch);
    }

    private static SurveyScore score(Outcome<SurveyScore> outcome) {
        return ((Outcome.Completed<SurveyScore>) outcome).result();
    }
}
