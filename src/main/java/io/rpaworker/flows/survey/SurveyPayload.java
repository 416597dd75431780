package io.rpaworker.flows.survey;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotBlank;

/**
 * Which survey to score.
 *
 * @param surveyId SurveyHub's {@code surveys.survey_id}, compared exactly
 * @param customerId whose survey it is believed to be; SurveyHub must agree
 */
record SurveyPayload(
        @JsonProperty("survey_id") @NotBlank String surveyId,
        @JsonProperty("customer_id") @NotBlank String customerId) {}
