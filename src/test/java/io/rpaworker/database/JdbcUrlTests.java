package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTests {

    private static final String URL = "spring.datasource.url";
    private static final String HUB = "rpa.survey-hub.url";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgres://ann:hunter2@h/db|begins with postgres://. rpa_db is PostgreSQL",
                "postgresql://ann:hunter2@h:5433/db|begins with postgresql://. rpa_db is PostgreSQL",
                "jdbc:postgres://h/db|begins with jdbc:postgres://. rpa_db is PostgreSQL",
                "jdbc:mysql://h/hunter2|begins with jdbc:mysql://. rpa_db is PostgreSQL",
                "JDBC:POSTGRESQL://h/db|begins with JDBC:POSTGRESQL://",
                "h:5432/db|is no JDBC URL",
                "hunter2|is no JDBC URL",
                "jdbc:postgresql://ann:hunter2@h:5432/db|has a user or a password before the host",
                "jdbc:postgresql://ann@h/db|has a user or a password before the host",
                "jdbc:postgresql://h:54x32/db|has a port that is no number from 1 to 65535",
                "jdbc:postgresql://h:/db|has a port that is no number",
                "jdbc:postgresql://h:65536/db|has a port that is no number",
                "jdbc:postgresql://h:0/db|has a port that is no number",
                "jdbc:postgresql://ann:hunter2/db|has a port that is no number",
                "jdbc:postgresql://a:1,b:x/db|has a port that is no number",
                "jdbc:postgresql://[::1]:x/db|has a port that is no number",
                "jdbc:postgresql://h|names no database",
                "jdbc:postgresql://h:5432?password=hunter2|names no database",
                "jdbc:postgresql:/h/db|has no // before its host",
                "jdbc:postgresql:h:5432/db|has no // before its host",
                "jdbc:postgresql://a:5432, b:5433/db|has a blank, or another character that no host's name has",
                "jdbc:postgresql://h ?password=hunter2|has a blank",
                "jdbc:postgresql://h;5432/db|has a blank, or another character",
                "jdbc:postgresql://${HOST}/db|has a blank, or another character",
                "jdbc:postgresql://<host>/db|has a blank, or another character",
                "jdbc:postgresql://h/db&password=hunter2|has parameters, but no ? before them",
                "jdbc:postgresql://h/db;user=ann;password=hunter2|has parameters, but no ? before them",
                "jdbc:postgresql://h/db?user=ann;password=hunter2|has password= within another parameter",
                "jdbc:postgresql://h/db?sslmode=require?password=hunter2|has password= within another parameter",
                "jdbc:postgresql://h/db%zz|cannot be read by the driver",
            })
    void saysWhatIsWrongWithoutAPassword(String url, String fault) {
        refused(url, fault);
    }

    @Test
    void saysThatItIsNotThereOrHasSomethingAroundIt() {
        refused(null, "is not set.");
        refused("", "is empty.");
        refused("  \n", "is empty.");
        for (String url : List.of(
                " jdbc:postgresql://h/db",
                "jdbc:postgresql://h/db\n",
                "jdbc:postgresql://h/db\t",
                "jdbc:postgresql://h/db\u00a0",
                "jdbc:postgresql://h/db\u200b",
                "\ufeffjdbc:postgresql://h/db")) {
            refused(url, "begins or ends with a blank or a line's end.");
        }
        for (String url :
                List.of("\"jdbc:postgresql://h/db\"", "'jdbc:postgresql://h/db'", "jdbc:postgresql://h/db'")) {
            refused(url, "begins or ends with a quotation mark.");
        }
    }

    private static void refused(@Nullable String url, String fault) {
        assertThatExceptionOfType(JdbcUrlException.class)
                .isThrownBy(() -> JdbcUrl.checkRpaDb(URL, url))
                .satisfies(it -> {
                    assertThat(it).hasMessageStartingWith(URL + " " + fault).hasMessageNotContaining("hunter2");
                    assertThat(it.action())
                            .startsWith("Set it to jdbc:postgresql://")
                            .contains(
                                    "the variable SPRING_DATASOURCE_URL",
                                    "the file spring.datasource.url under /run/secrets/rpa",
                                    "spring.datasource.username and spring.datasource.password")
                            .doesNotContain("hunter2");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "postgres://ann:hunter2@h/db, jdbc:postgresql://h/db",
        "postgresql://h:5433/db, jdbc:postgresql://h:5433/db",
        "postgresql://h/db?password=hunter2, jdbc:postgresql://h/db?...",
        "jdbc:postgres://h/db, jdbc:postgresql://h/db",
        "postgres://ann:hunter2/x@h/db, jdbc:postgresql://HOST:5432/DATABASE",
        "postgres://ann:12/hunter2@h/db, jdbc:postgresql://HOST:5432/DATABASE",
        "postgres://ann:hunt@er2@h/db, jdbc:postgresql://HOST:5432/DATABASE",
        "postgres://h/db&password=hunter2, jdbc:postgresql://HOST:5432/DATABASE",
        "postgres://ann:hunter2?x@h/db, jdbc:postgresql://HOST:5432/DATABASE"
    })
    void saysTheSamePlaceInJdbcsWordsIfItIsSure(String url, String meant) {
        assertThatExceptionOfType(JdbcUrlException.class)
                .isThrownBy(() -> JdbcUrl.checkRpaDb(URL, url))
                .satisfies(it -> assertThat(it.action()).startsWith("Set it to " + meant + ","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://h/db",
                "jdbc:postgresql://h:5432/db?sslmode=verify-full",
                "jdbc:postgresql://a:5432,b:5433/db?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/db",
                "jdbc:postgresql://[fe80::1]/db",
                "jdbc:postgresql:///db",
                "jdbc:postgresql:db",
                "jdbc:postgresql://h/db?user=ann&password=a@b:c;d=e",
                "jdbc:postgresql://h/db?password=hunter2"
            })
    void leavesTheDriverWhatItCanRead(String url) {
        assertThatCode(() -> JdbcUrl.checkRpaDb(URL, url)).doesNotThrowAnyException();
        assertThatCode(() -> JdbcUrl.checkSurveyHub(HUB, url)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|is empty",
                "sqlserver://h;databaseName=x|begins with sqlserver://. The worker has no driver for that",
                "jdbc:mysql://h/db|begins with jdbc:mysql://. The worker has no driver for that",
                "jdbc:sqlserver://ann:hunter2@h;databaseName=x|has a user or a password before the host",
                "jdbc:sqlserver://h:14x33;databaseName=x|has a port that is no number",
                "jdbc:sqlserver://h:1433/db|has a port that is no number",
                "jdbc:sqlserver://h :1433;databaseName=x|has a blank, or another character that no host's name has",
                "jdbc:sqlserver://h:1433;databaseName|cannot be read by the driver",
                "jdbc:sqlserver://h;password={hunter2;user=x|cannot be read by the driver"
            })
    void surveyHubsIsLookedAtToo(String url, String fault) {
        assertThatExceptionOfType(JdbcUrlException.class)
                .isThrownBy(() -> JdbcUrl.checkSurveyHub(HUB, url))
                .satisfies(it -> {
                    assertThat(it).hasMessageStartingWith(HUB + " " + fault).hasMessageNotContaining("hunter2");
                    assertThat(it.action())
                            .contains("jdbc:sqlserver://HOST:1433", "RPA_SURVEY_HUB_URL", "rpa.survey-hub.username");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlserver://h:1433;databaseName=SurveyHub;password={a@b:c;d}",
                "jdbc:sqlserver://h\\inst;databaseName=SurveyHub",
                "jdbc:sqlserver://;serverName=h;portNumber=1433",
                "jdbc:h2:mem:hub"
            })
    void surveyHubMayBeWhatThereIsADriverFor(String url) {
        assertThatCode(() -> JdbcUrl.checkSurveyHub(HUB, url)).doesNotThrowAnyException();
    }

    @Test
    void propertiesThatTheDriverDoesNotKnowAreRefused() {
        assertThat(unknown("jdbc:postgresql://h/db?sslmod=require", new Properties()))
                .hasMessage("spring.datasource.url has sslmod, which PostgreSQL's driver does not know.");
        assertThat(unknown("jdbc:postgresql://h/db?password=hun&ter2&x=1", new Properties()))
                .hasMessage("spring.datasource.url has parameter 2, which PostgreSQL's driver does not know.");
        var beside = new Properties();
        beside.setProperty("connecttimeout", "3");
        assertThat(unknown("jdbc:postgresql://h/db", beside))
                .hasMessage("spring.datasource.hikari.data-source-properties has connecttimeout,"
                        + " which PostgreSQL's driver does not know.")
                .extracting(JdbcUrlException::action)
                .isEqualTo("Write it as connectTimeout.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "?sslmode=require&socketTimeout=4", "?cloudSqlInstance=a&socketFactory=b.C"})
    void propertiesThatSomebodyReadsAreFine(String parameters) {
        assertThatCode(() -> DriverProperties.check(URL, "jdbc:postgresql://h/db" + parameters, new Properties()))
                .doesNotThrowAnyException();
    }

    private static JdbcUrlException unknown(String url, Properties beside) {
        return assertThatExceptionOfType(JdbcUrlException.class)
                .isThrownBy(() -> DriverProperties.check(URL, url, beside))
                .actual();
    }
}
