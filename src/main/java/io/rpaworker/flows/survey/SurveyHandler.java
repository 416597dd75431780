package io.rpaworker.flows.survey;

import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.surveyhub.SurveyHub;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Scores surveys, a batch at a time. */
@Component
class SurveyHandler implements BatchRecordHandler<SurveyPayload, SurveyScore> {

    static final String FLOW = "survey_processor";

    private final RequiredSurveyHub surveyHub;
    private final SurveyResults results;

    SurveyHandler(ObjectProvider<SurveyHub> surveyHub, JdbcClient rpaDb) {
        this.surveyHub = new RequiredSurveyHub(surveyHub);
        this.results = new SurveyResults(rpaDb);
    }

    @Override
    public String flow() {
        return FLOW;
    }

    @Override
    public List<Source> sources() {
        return surveyHub.sources();
    }

    @Override
    public List<Outcome<SurveyScore>> handle(List<WorkRecord<SurveyPayload>> batch) {
        List<String> ids =
                batch.stream().map(record -> record.payload().surveyId()).toList();
        Map<String, Survey> surveys = new SurveyQuery(surveyHub.get()).byIds(ids);
        return batch.stream()
                .map(WorkRecord::payload)
                .map(payload -> score(payload, surveys.get(payload.surveyId())))
                .toList();
    }

    @Override
    public void write(List<Handled<SurveyPayload, SurveyScore>> chunk) {
        results.upsert(chunk);
    }

    private static Outcome<SurveyScore> score(SurveyPayload payload, @Nullable Survey survey) {
        if (survey == null) {
            return Outcome.rejected("survey %s is not in SurveyHub".formatted(payload.surveyId()));
        }
        String customerId = payload.customerId();
        if (!customerId.equals(survey.customerId())) {
            return Outcome.rejected("survey %s belongs to customer %s in SurveyHub, the record says %s"
                    .formatted(survey.id(), survey.customerId(), customerId));
        }
        if (survey.answers().isEmpty()) {
            return Outcome.rejected("survey %s has no responses".formatted(survey.id()));
        }
        return Outcome.completed(SurveyScore.of(survey, customerId));
    }
}
