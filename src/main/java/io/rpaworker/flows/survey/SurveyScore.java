package io.rpaworker.flows.survey;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What the flow finds out about a survey: the record's result, and its row in {@code survey_result}.
 *
 * @param surveyId the survey
 * @param customerId whose it is
 * @param surveyName its name
 * @param answered how many answers are neither null nor blank
 * @param total how many questions it has, at least one
 * @param completeness answered / total, 4 decimals, half up
 * @param numericMean mean of the answers that are {@linkplain DecimalAnswer numbers}, 4 decimals, half up; null if none
 *     is
 * @param grade by the exact counts
 */
record SurveyScore(
        @JsonProperty("survey_id") String surveyId,
        @JsonProperty("customer_id") String customerId,
        @JsonProperty("survey_name") String surveyName,
        @JsonProperty("answered") int answered,
        @JsonProperty("total") int total,
        @JsonProperty("completeness") BigDecimal completeness,
        @JsonProperty("numeric_mean") @Nullable BigDecimal numericMean,
        @JsonProperty("grade") Grade grade) {

    private static final int DECIMALS = 4;

    /**
     * Scores a survey that has at least one response row.
     *
     * @param customerId the survey's, known not to be null
     */
    static SurveyScore of(Survey survey, String customerId) {
        int answered = 0;
        int numbers = 0;
        var sum = BigDecimal.ZERO;
        for (String answer : survey.answers()) {
            if (answer == null || answer.isBlank()) {
                continue;
            }
            answered++;
            BigDecimal number = DecimalAnswer.parse(answer);
            if (number != null) {
                numbers++;
                sum = sum.add(number);
            }
        }
        int total = survey.answers().size();
        return new SurveyScore(
                survey.id(),
                customerId,
                survey.name(),
                answered,
                total,
                ratio(BigDecimal.valueOf(answered), total),
                numbers == 0 ? null : ratio(sum, numbers),
                Grade.of(answered, total));
    }

    private static BigDecimal ratio(BigDecimal sum, int count) {
        return sum.divide(BigDecimal.valueOf(count), DECIMALS, RoundingMode.HALF_UP);
    }
}
