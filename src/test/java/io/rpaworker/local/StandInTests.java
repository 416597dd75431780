package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

class StandInTests {

    @Test
    void sampleThatShipsWithTheProjectLoadsWhole() {
        var standIn = StandIn.create("sample");

        assertThat(standIn.loadSurveys(sample("local/surveys.csv"))).isEqualTo(200);
        assertThat(standIn.loadResponses(sample("local/responses.csv"))).isEqualTo(1_200);

        var jdbc = JdbcClient.create(standIn.dataSource());
        assertThat(jdbc.sql("select [year] from surveys where survey_id = N'DEMO-2022-001'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2022);
        assertThat(jdbc.sql("select count(*) from surveys s where not exists (select 1 from responses r"
                                + " where r.survey_id = s.survey_id)")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void rowThatDoesNotFitIsTold() {
        var twice = csv("survey_id,customer_id,survey_name,year\nS-1,C-1,Trains,2026\nS-1,C-1,Trains,2026\n");
        var noYear = csv("survey_id,customer_id,survey_name,year\nS-1,C-1,Trains,soon\n");

        refused(twice, "does not fit SurveyHub's table: Unique index or primary key violation");
        refused(noYear, "does not fit SurveyHub's table: Data conversion error");
    }

    private static void refused(CsvFile csv, String message) {
        assertThatExceptionOfType(LocalRunException.class)
                .isThrownBy(() -> StandIn.create("refused" + System.nanoTime()).loadSurveys(csv))
                .withMessageContaining(message);
    }

    private static CsvFile sample(String name) {
        return new CsvFile(new ClassPathResource(name), "RPA_LOCAL_ANY");
    }

    private static CsvFile csv(String text) {
        return new CsvFile(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)), "RPA_LOCAL_ANY");
    }
}
