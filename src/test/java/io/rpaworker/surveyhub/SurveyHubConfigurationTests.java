package io.rpaworker.surveyhub;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SurveyHubConfigurationTests {

    // No connection is made before somebody asks for one.
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withUserConfiguration(SurveyHubConfiguration.class)
            .withPropertyValues("rpa.survey-hub.connection-timeout=7s", "rpa.survey-hub.query-timeout=20s");

    // The driver's own defaults wait for ever.
    @Test
    void everyWaitForSqlServerHasAnEnd() {
        context.withPropertyValues("rpa.survey-hub.url=jdbc:sqlserver://nowhere.invalid:1433;databaseName=SurveyHub")
                .run(it -> {
                    var pool = it.getBean(HikariDataSource.class);
                    assertThat(pool.getConnectionTimeout()).isEqualTo(7_000);
                    assertThat(pool.getDataSourceProperties())
                            .containsAllEntriesOf(Map.of(
                                    "loginTimeout", "7",
                                    "queryTimeout", "20",
                                    "cancelQueryTimeout", "5",
                                    // The query's timeout, its cancellation, and some time for the answer.
                                    "socketTimeout", "35000"));
                });
    }

    @Test
    void readsOnlyAndSaysSo() {
        context.withPropertyValues("rpa.survey-hub.url=jdbc:sqlserver://nowhere.invalid:1433")
                .run(it -> {
                    var pool = it.getBean(HikariDataSource.class);
                    assertThat(pool.isReadOnly()).isTrue();
                    assertThat(pool.getDataSourceProperties()).containsEntry("applicationIntent", "ReadOnly");
                });
    }

    @Test
    void otherDriversAreSparedWhatTheyDoNotKnow() {
        context.withPropertyValues("rpa.survey-hub.url=jdbc:h2:mem:pool").run(it -> {
            assertThat(it.getBean(HikariDataSource.class).getDataSourceProperties())
                    .isEmpty();
            it.getBean(SurveyHub.class).check();
        });
    }

    @Test
    void withoutAUrlThereIsNoSurveyHub() {
        context.run(it -> assertThat(it).doesNotHaveBean(SurveyHub.class).doesNotHaveBean(HikariDataSource.class));
    }
}
