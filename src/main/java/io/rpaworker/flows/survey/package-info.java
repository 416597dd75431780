/**
 * Flow {@code survey_processor}: how completely a survey was answered.
 *
 * <p>For each record, SurveyHub's {@code surveys} and {@code responses} are read (one query for the whole batch), the
 * answers are counted, and the score is written to {@code survey_result} and into the record. A survey that is scored
 * again, by another record, replaces its row.
 */
@ApplicationModule(allowedDependencies = {"handler", "surveyhub"})
@NullMarked
package io.rpaworker.flows.survey;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
