package io.rpaworker.flows.survey;

import io.rpaworker.handler.Source;
import io.rpaworker.surveyhub.SurveyHub;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;

/** SurveyHub, which may be missing where the flow is not enabled: its absence is told when it is asked for. */
record RequiredSurveyHub(ObjectProvider<SurveyHub> provider) {

    /**
     * How to ask for it.
     *
     * @throws IllegalStateException if it is not configured; it says what to set
     */
    SurveyHub get() {
        SurveyHub found = provider.getIfAvailable();
        if (found == null) {
            throw new IllegalStateException("flow " + SurveyHandler.FLOW + " reads SurveyHub: set rpa.survey-hub.url");
        }
        return found;
    }

    /**
     * What a handler or a source that reads it waits for.
     *
     * @throws IllegalStateException as {@link #get}
     */
    List<Source> sources() {
        return List.of(new Source("surveyHub", get()::check));
    }
}
