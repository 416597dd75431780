package io.rpaworker.flows.survey;

import static io.rpaworker.flows.survey.Grade.COMPLETE;
import static io.rpaworker.flows.survey.Grade.PARTIAL;
import static io.rpaworker.flows.survey.Grade.POOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.json.JsonMapper;

class SurveyScoreTests {

    static final List<Arguments> SCORES = List.of(
            // answers, answered, completeness, mean, grade
            arguments(answers("yes"), 1, "1.0000", null, COMPLETE),
            arguments(answers("1", "2", "6"), 3, "1.0000", "3.0000", COMPLETE),
            arguments(answers("1", "two", null), 2, "0.6667", "1.0000", PARTIAL),
            arguments(answers("a", null), 1, "0.5000", null, PARTIAL),
            arguments(answers("a", null, null), 1, "0.3333", null, POOR),
            arguments(answers("", " ", "\t\n"), 0, "0.0000", null, POOR),
            arguments(answers((String) null), 0, "0.0000", null, POOR),
            arguments(answers("-3", "3.5"), 2, "1.0000", "0.2500", COMPLETE),
            arguments(answers("0.00005"), 1, "1.0000", "0.0001", COMPLETE),
            arguments(answers("-0.00005"), 1, "1.0000", "-0.0001", COMPLETE),
            arguments(answers("0.00004"), 1, "1.0000", "0.0000", COMPLETE),
            arguments(answers("1", "1", "2"), 3, "1.0000", "1.3333", COMPLETE),
            arguments(answers("NaN", "1e999999999", "4"), 3, "1.0000", "4.0000", COMPLETE));

    @ParameterizedTest
    @FieldSource("SCORES")
    void scores(List<@Nullable String> answers, int answered, String completeness, @Nullable String mean, Grade grade) {
        assertThat(score(answers))
                .isEqualTo(new SurveyScore(
                        "S-1",
                        "C-1",
                        "Trains",
                        answered,
                        answers.size(),
                        new BigDecimal(completeness),
                        mean == null ? null : new BigDecimal(mean),
                        grade));
    }

    @Test
    void gradeIsOfTheCountsAndNotOfTheRoundedRatio() {
        var nearlyComplete = score(answered(19_999, 20_000));
        assertThat(nearlyComplete.completeness()).isEqualTo("1.0000");
        assertThat(nearlyComplete.grade()).isEqualTo(PARTIAL);

        var nearlyPartial = score(answered(9_999, 20_000));
        assertThat(nearlyPartial.completeness()).isEqualTo("0.5000");
        assertThat(nearlyPartial.grade()).isEqualTo(POOR);
    }

    @Test
    void resultHasTheNamesAndValuesOfTheTable() {
        assertThat(JsonMapper.shared().writeValueAsString(score(answers("10", "yes", null))))
                .isEqualTo("""
                {"survey_id":"S-1","customer_id":"C-1","survey_name":"Trains","answered":2,"total":3,\
                "completeness":0.6667,"numeric_mean":10.0000,"grade":"partial"}""");
        assertThat(JsonMapper.shared().writeValueAsString(score(answers("no")))).contains("\"numeric_mean\":null");
    }

    private static SurveyScore score(List<@Nullable String> answers) {
        return SurveyScore.of(new Survey("S-1", "C-1", "Trains", answers), "C-1");
    }

    private static List<@Nullable String> answers(@Nullable String... answers) {
        return Arrays.asList(answers);
    }

    private static List<@Nullable String> answered(int answered, int total) {
        return Stream.concat(
                        Collections.nCopies(answered, "yes").stream(),
                        Collections.<@Nullable String>nCopies(total - answered, null).stream())
                .toList();
    }
}
