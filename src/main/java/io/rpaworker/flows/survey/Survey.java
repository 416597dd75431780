package io.rpaworker.flows.survey;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What SurveyHub has of one survey.
 *
 * @param id its key
 * @param customerId whose it is; SurveyHub's column may be null
 * @param name for people; empty if SurveyHub has none
 * @param answers one for each response row, null where it was not answered, in no particular order
 */
record Survey(String id, @Nullable String customerId, String name, List<@Nullable String> answers) {}
