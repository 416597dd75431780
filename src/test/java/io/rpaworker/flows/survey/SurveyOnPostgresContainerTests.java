package io.rpaworker.flows.survey;

import io.rpaworker.flows.survey.SurveyBench.Database;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL as its makers build it, where Docker can start it; the other tests run an embedded build. */
@Testcontainers(disabledWithoutDocker = true)
class SurveyOnPostgresContainerTests {

    @Test
    void scoresAreWrittenToPostgres() {
        try (var rpaDb = new PostgreSQLContainer("postgres:17-alpine")) {
            Containers.startOrSkip(rpaDb);
            var database = new Database(rpaDb.getJdbcUrl(), rpaDb.getUsername(), rpaDb.getPassword());
            try (var bench = new SurveyBench(database, Database.standIn("postgres-container"))) {
                new SurveySample(bench).isScoredAndWritten();
            }
        }
    }
}
