package io.rpaworker.flows.survey;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rpaworker.flows.survey.SurveyQuery.Found;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.Source;
import io.rpaworker.surveyhub.SurveyHub;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the surveys that are to be scored: those that have responses and a customer, and no row in
 * {@code survey_result}. A page begins after the last id that the page before has looked at.
 */
@Component
class SurveySource implements RecordSource<SurveySource.Parameters> {

    // A run's own keys begin with a character that a survey's id may begin with too.
    private static final String KEY = "survey/";

    private final RequiredSurveyHub surveyHub;
    private final SurveyResults results;
    private final JsonMapper json = JsonMapper.shared();

    SurveySource(ObjectProvider<SurveyHub> surveyHub, JdbcClient rpaDb) {
        this.surveyHub = new RequiredSurveyHub(surveyHub);
        this.results = new SurveyResults(rpaDb);
    }

    /**
     * Which surveys a run is for; all of them if nothing is said.
     *
     * @param customerId SurveyHub's {@code surveys.customer_id}, as SurveyHub compares; null for anybody's
     * @param year SurveyHub's {@code surveys.year}; null for any
     */
    record Parameters(
            @JsonProperty("customer_id") @Size(min = 1, max = 400) @Nullable
            String customerId,

            @JsonProperty("year") @Min(1900) @Max(9999) @Nullable
            Integer year) {}

    @Override
    public String flow() {
        return SurveyHandler.FLOW;
    }

    @Override
    public List<Source> sources() {
        return surveyHub.sources();
    }

    @Override
    public Page page(RunContext<Parameters> run, @Nullable String cursor, int size) {
        Parameters of = run.parameters();
        List<Found> found =
                new SurveyQuery(surveyHub.get()).page(cursor == null ? "" : cursor, of.customerId(), of.year(), size);
        List<NewRecord> records = records(found, run.id());
        return found.size() < size
                ? Page.last(records)
                : Page.of(records, found.getLast().surveyId());
    }

    // Without a customer, or an id, a payload would not be valid.
    private List<NewRecord> records(List<Found> found, long run) {
        Set<String> scored = results.scored(found.stream().map(Found::surveyId).toList());
        var records = new ArrayList<NewRecord>();
        for (Found it : found) {
            String id = it.surveyId();
            String customer = it.customerId();
            if (!scored.contains(id) && !id.isBlank() && customer != null && !customer.isBlank()) {
                String payload = json.writeValueAsString(new SurveyPayload(id, customer, run));
                records.add(NewRecord.of(payload, KEY + id));
            }
        }
        return records;
    }
}
