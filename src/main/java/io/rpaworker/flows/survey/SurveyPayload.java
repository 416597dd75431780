package io.rpaworker.flows.survey;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

/**
 * Which survey to score.
 *
 * @param surveyId SurveyHub's {@code surveys.survey_id}, compared exactly
 * @param customerId whose survey it is believed to be; SurveyHub must agree
 * @param foundByRun the run that has found it; null if it was no run
 */
record SurveyPayload(
        @JsonProperty("survey_id") @NotBlank String surveyId,
        @JsonProperty("customer_id") @NotBlank String customerId,
        @JsonProperty("found_by_run") @Nullable Long foundByRun) {}
