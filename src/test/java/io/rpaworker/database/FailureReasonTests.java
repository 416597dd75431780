package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rpaworker.testing.Failures;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.text.FailureReason;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;
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

    @Test
    void aDataErrorDoesNotSayTheValue() {
        var failure = new PSQLException(new ServerErrorMessage(
                "SERROR\0C22P02\0Minvalid input syntax for type integer: \"Ada \"the first\" Lovelace\"\0"));

        assertThat(FailureReason.of(failure))
                .isEqualTo("ERROR: invalid input syntax for type integer: \"…\" [22P02]")
                .isEqualTo(FailureReason.ofHandler(failure).replace("PSQLException: ", ""));
    }

    @Test
    void sqlServersErrorsAreTheirNumber() {
        SQLException failure = Failures.sqlServer(245, "S0001");

        assertThat(FailureReason.of(new IllegalStateException(failure)))
                .isEqualTo("SQL Server's error 245, state S0001");
        assertThat(FailureReason.ofHandler(new IllegalStateException(failure)))
                .isEqualTo("SQLServerException: SQL Server's error 245, state S0001");
    }

    @Test
    void ofAHandlersExceptionsOnlyTheClassesAreSaid() {
        assertThat(FailureReason.ofHandler(
                        new IllegalStateException("Ada", new SQLException("Ada", "Ada", new IOException("Ada")))))
                .isEqualTo("java.lang.IllegalStateException, caused by java.io.IOException");
        assertThat(FailureReason.ofHandler(
                        new PSQLException("Bad value for type int : Ada", PSQLState.INVALID_PARAMETER_VALUE)))
                .isEqualTo("org.postgresql.util.PSQLException [22023]");
        assertThat(FailureReason.ofHandler(new IllegalStateException("Ada", Failures.postgres("42P01"))))
                .isEqualTo("PSQLException: ERROR: server says 42P01 [42P01]");
        var circle = new IllegalStateException("Ada");
        circle.initCause(new IllegalArgumentException("Ada", circle));
        assertThat(FailureReason.ofHandler(circle))
                .startsWith("java.lang.IllegalStateException")
                .doesNotContain("Ada");
    }

    /** Whatever state its author has chosen: the text is his, and may have a row in it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "raise exception 'Ada is %', 42; P0001",
                "raise exception 'Ada' using errcode = '23514'; 23514",
                "raise exception 'Ada' using errcode = '42P01', detail = 'Ada', hint = 'Ada'; 42P01",
                "raise exception 'Ada' using errcode = 'AB123'; AB123",
                "assert false, 'Ada'; P0004"
            })
    void ofWhatAFunctionHasRaisedTheTextIsNotSaid(String statement, String state) {
        RpaDb db = Postgres.migrated();
        db.execute("create function teller() returns int language plpgsql as $$ begin %s; return 1; end $$"
                .formatted(statement));

        for (String sql : List.of("select teller()", "do $$ begin perform teller(); end $$")) {
            Throwable failure = catchThrowable(() -> db.execute(sql));
            assertThat(FailureReason.of(failure)).isEqualTo("ERROR: raised by function teller [%s]".formatted(state));
            assertThat(FailureReason.ofHandler(failure))
                    .isEqualTo("PSQLException: ERROR: raised by function teller [%s]".formatted(state));
        }
        Throwable ofScript = catchThrowable(() -> db.execute("do $$ begin %s; end $$".formatted(statement)));
        assertThat(FailureReason.of(ofScript)).isEqualTo("ERROR: raised by a function [%s]".formatted(state));
        assertThat(FailureReason.ofScript(ofScript)).startsWith("ERROR: Ada").endsWith("[%s]".formatted(state));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "select 1 where false into strict found_none; query returned no rows [P0002]",
                "returned := 1; \"returned\" is not a known variable",
                "null; control reached end of function without RETURN [2F005]"
            })
    void whatPlpgsqlSaysOfAFunctionIsSaid(String statement, String said) {
        RpaDb db = Postgres.migrated();

        Throwable failure = catchThrowable(() -> {
            db.execute(
                    "create function odd() returns int language plpgsql as $$ declare found_none int; begin %s; end $$"
                            .formatted(statement));
            db.execute("select odd()");
        });

        assertThat(FailureReason.of(failure)).contains(said);
    }

    @Test
    void whatPostgresqlItselfSaysWithinAFunctionIsSaid() {
        RpaDb db = Postgres.migrated();

        assertThat(FailureReason.of(catchThrowable(() -> db.execute("do $$ begin perform 1 from missing; end $$"))))
                .isEqualTo("ERROR: relation \"missing\" does not exist [42P01]");
    }
}
