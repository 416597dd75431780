package io.rpaworker.ops.health;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.surveyhub.SurveyHub;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether SurveyHub answers. Without it the flows that read it wait and nothing is lost: DEGRADED. */
@Component
@ConditionalOnProperty("rpa.survey-hub.url")
class SurveyHubHealthIndicator implements HealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final BoundedQuestion<Boolean> inquiry;

    SurveyHubHealthIndicator(SurveyHub surveyHub) {
        this.inquiry = new BoundedQuestion<>("surveyHub", PATIENCE, Executors.callable(surveyHub::check, true));
    }

    @Override
    public Health health() {
        return switch (inquiry.ask()) {
            case Answered<Boolean> it ->
                Health.up().withDetail("response_time_ms", it.tookMillis()).build();
            case Unanswered<Boolean> it ->
                Health.status(WorkerHealthIndicator.DEGRADED)
                        .withDetail("error", it.reason())
                        .build();
        };
    }
}
