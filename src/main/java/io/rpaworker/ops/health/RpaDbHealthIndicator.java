package io.rpaworker.ops.health;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Whether rpa_db answers. Without it nothing can be claimed or completed: DOWN. */
@Component
class RpaDbHealthIndicator implements HealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final BoundedQuestion<Integer> inquiry;

    RpaDbHealthIndicator(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.inquiry = new BoundedQuestion<>(
                "rpaDb",
                PATIENCE,
                () -> jdbc.sql("select 1").query(Integer.class).single());
    }

    @Override
    public Health health() {
        return switch (inquiry.ask()) {
            case Answered<Integer> it ->
                Health.up().withDetail("response_time_ms", it.tookMillis()).build();
            case Unanswered<Integer> it ->
                Health.down().withDetail("error", it.reason()).build();
        };
    }
}
