package io.rpaworker.flows.survey;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What the scores of a run's surveys say.
 *
 * @param scored how many there are
 * @param complete how many of them are of {@link Grade#COMPLETE}
 * @param partial how many of {@link Grade#PARTIAL}
 * @param poor how many of {@link Grade#POOR}
 * @param averageCompleteness mean of their completeness, 4 decimals, half up; null if there is none
 */
record SurveyFigures(
        long scored,
        long complete,
        long partial,
        long poor,
        @Nullable BigDecimal averageCompleteness) {}
