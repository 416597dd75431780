/**
 * Flow {@code survey_processor}: how completely a survey was answered.
 *
 * <p>For each record, SurveyHub's {@code surveys} and {@code responses} are read (one query for the whole batch), the
 * answers are counted, and the score is written to {@code survey_result} and into the record. A survey that is scored
 * again, by another record, replaces its row.
 *
 * <p>A run finds the surveys that have no score yet, page by page, and is summed up in {@code survey_summary} by one
 * statement over what its records have written. {@code survey_result.run_id} says which that is: the source puts the
 * run's id into the payload, since the queue is known to the queue alone, and what is written while a run goes on need
 * not be the run's.
 */
@ApplicationModule(allowedDependencies = {"handler", "surveyhub"})
@NullMarked
package io.rpaworker.flows.survey;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
