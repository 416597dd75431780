package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Failures;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.BadSqlGrammarException;

class FailureReasonTests {

    @Test
    void isTheDatabasesOwnWhoeverWrapsIt() {
        assertThat(FailureReason.of(new IllegalStateException(
                        new BadSqlGrammarException("task", "select 1", Failures.postgres("42P01")))))
                .isEqualTo("ERROR: server says 42P01 [42P01]");
    }

    @Test
    void saysWhereMissingRightsAreLookedUp() {
        assertThat(FailureReason.of(Failures.postgres("42501")))
                .endsWith("[42501]; docs/dba.md, Roles, says what to grant");
    }

    @Test
    void isTheInnermostOfADriversErrors() {
        var pool = new SQLTransientConnectionException("not available", Failures.postgres("28P01"));

        assertThat(FailureReason.of(pool)).isEqualTo("ERROR: server says 28P01 [28P01]");
    }

    @Test
    void namesWhatADriversErrorDoesNot() {
        var failure = new SQLException("The connection attempt failed.", "08001", new UnknownHostException("rpa-db"));

        assertThat(FailureReason.of(failure))
                .isEqualTo("The connection attempt failed. (UnknownHostException: rpa-db) [08001]");
    }

    @Test
    void leavesOutWhatComesWithTheDetail() {
        assertThat(FailureReason.of(new SQLException("duplicate key\n  Detail: Key (name)=(Ada)", "23505")))
                .isEqualTo("duplicate key [23505]");
    }

    @Test
    void isTheClassWhereNothingIsSaid() {
        assertThat(FailureReason.of(new RuntimeException(new StackOverflowError())))
                .isEqualTo("java.lang.StackOverflowError");
    }
}
