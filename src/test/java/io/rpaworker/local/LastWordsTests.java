package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastWordsTests {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://localhost:5432/rpa_db, postgres, psql postgresql://postgres@localhost:5432/rpa_db",
        "jdbc:postgresql://db/rpa_db?user=ann&password=secret, '', psql postgresql://db/rpa_db",
        "jdbc:postgresql:rpa_db, '', to the database that spring.datasource.url names"
    })
    void psqlGetsTheUrlInItsOwnWords(String url, String user, String command) {
        assertThat(LastWords.psql(url, user)).isEqualTo(command);
    }
}
