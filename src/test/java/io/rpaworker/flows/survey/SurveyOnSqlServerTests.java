package io.rpaworker.flows.survey;

import io.rpaworker.flows.survey.SurveyBench.Database;
import io.rpaworker.local.StandIn;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.mssqlserver.MSSQLServerContainer;

/** The stand-in proves little about T-SQL; this asks SQL Server itself, where Docker can start one. */
@Testcontainers(disabledWithoutDocker = true)
class SurveyOnSqlServerTests {

    @Test
    void surveysAreReadFromSqlServer() {
        try (var surveyHub = new MSSQLServerContainer("mcr.microsoft.com/mssql/server:2017-latest").acceptLicense()) {
            Containers.startOrSkip(surveyHub);
            var database = new Database(surveyHub.getJdbcUrl(), surveyHub.getUsername(), surveyHub.getPassword());
            StandIn.createTables(database.dataSource());
            try (var bench = new SurveyBench(Database.embedded(), database)) {
                new SurveySample(bench).isScoredAndWritten();
            }
        }
    }
}
