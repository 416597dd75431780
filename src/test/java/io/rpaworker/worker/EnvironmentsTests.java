package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.RpaWorkerApplication;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowSettings;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.convert.DurationStyle;

/** The files that the repository ships in config/: the whole application starts with each of them. */
class EnvironmentsTests {

    private static final RpaDb DB = Postgres.migrated();

    @ParameterizedTest
    @CsvSource({"development, 200ms, 10s, 5m", "staging, 1s, 60s, 5m", "production, 1s, 2m, 2m"})
    void theEnvironmentsFileIsReadAndRefusedByNobody(
            String environment, String poll, String drain, String recordTimeout) {
        try (var context = new SpringApplicationBuilder(RpaWorkerApplication.class)
                .profiles(environment)
                .run(
                        "--spring.config.location=classpath:/,file:./config/",
                        "--spring.datasource.url=" + DB.url(),
                        "--spring.datasource.username=postgres",
                        "--rpa.survey-hub.url=jdbc:h2:mem:" + environment,
                        "--management.server.port=0")) {
            FlowSettings survey = context.getBean(FlowRegistry.class).distributed().stream()
                    .filter(it -> it.name().equals("survey_processor"))
                    .findFirst()
                    .orElseThrow()
                    .settings();

            assertThat(survey.batchSize()).isEqualTo(500);
            assertThat(survey.pollInterval()).isEqualTo(duration(poll));
            assertThat(survey.recordTimeout()).isEqualTo(duration(recordTimeout));
            assertThat(context.getBean(WorkerProperties.class).drainTimeout()).isEqualTo(duration(drain));
        }
    }

    private static Duration duration(String text) {
        return DurationStyle.detectAndParse(text);
    }
}
