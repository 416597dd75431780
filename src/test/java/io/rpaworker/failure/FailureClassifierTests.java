package io.rpaworker.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.FailureTextsTests.Broken;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.testing.Failures;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.dao.DataAccessResourceFailureException;

class FailureClassifierTests {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalStateException("x"), Judgement.RETRYABLE),
                Arguments.of(new OutOfMemoryError(), Judgement.RETRYABLE),
                Arguments.of(new StackOverflowError(), Judgement.RETRYABLE),
                Arguments.of(new FileNotFoundException(), Judgement.RETRYABLE),
                Arguments.of(new RecordRejectedException("x"), Judgement.REJECTED),
                Arguments.of(new IllegalStateException(new RecordRejectedException("x")), Judgement.REJECTED),
                Arguments.of(new SourceUnavailableException("x"), Judgement.SOURCE_UNAVAILABLE),
                // The outermost word counts: the handler saw the cause and made up its mind.
                Arguments.of(new RecordRejectedException("x", new ConnectException()), Judgement.REJECTED),
                Arguments.of(
                        new SourceUnavailableException("x", new RecordRejectedException("y")),
                        Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new ConnectException(), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new NoRouteToHostException(), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new SocketException("Connection reset"), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new SocketTimeoutException(), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new UnknownHostException(), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new HttpTimeoutException("x"), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new HttpConnectTimeoutException("x"), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new IllegalStateException(new ConnectException()), Judgement.SOURCE_UNAVAILABLE),
                Arguments.of(new IllegalStateException(new EOFException()), Judgement.RETRYABLE));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void judges(Throwable failure, Judgement judgement) {
        assertThat(table().judge(failure)).isEqualTo(judgement);
    }

    @ParameterizedTest
    @CsvSource({
        "08006, SOURCE_UNAVAILABLE",
        "08007, SOURCE_UNAVAILABLE",
        "42P01, SOURCE_UNAVAILABLE",
        "55000, RETRYABLE",
        "XX000, RETRYABLE",
        "57014, RETRYABLE",
        "23505, RETRYABLE",
        "P0001, RETRYABLE"
    })
    void judgesDatabasesByTheirError(String state, Judgement judgement) {
        var failure = new DataAccessResourceFailureException("x", Failures.postgres(state));

        assertThat(table().judge(failure)).isEqualTo(judgement);
        assertThat(table().isTimeout(failure)).isEqualTo(state.equals("57014"));
        assertThat(table().isInternal(failure))
                .isEqualTo(List.of("55000", "XX000").contains(state));
    }

    @Test
    void asksTheHandlersRulesFirstAndInOrder() {
        FailureClassifier table = table(
                failure -> Optional.empty(),
                failure -> failure instanceof ConnectException ? Optional.of(Judgement.REJECTED) : Optional.empty(),
                failure -> Optional.of(Judgement.RETRYABLE));

        assertThat(table.judge(new ConnectException())).isEqualTo(Judgement.REJECTED);
        assertThat(table.judge(new SocketTimeoutException())).isEqualTo(Judgement.RETRYABLE);
    }

    // A record whose failure cannot be judged would never be settled.
    @Test
    void aRuleThatThrowsLeavesItToTheOthers() {
        FailureClassifier table = table(
                failure -> {
                    throw new IllegalStateException("a rule's own fault");
                },
                failure -> Optional.of(Judgement.REJECTED));

        assertThat(table.judge(new ConnectException())).isEqualTo(Judgement.REJECTED);
    }

    @Test
    void aFailureThatIsItselfBrokenIsRetryable() {
        assertThat(table().judge(new Broken())).isEqualTo(Judgement.RETRYABLE);
        assertThat(table().isTimeout(new Broken())).isFalse();
    }

    private static FailureClassifier table(FailureRule... rules) {
        var beans = new StaticListableBeanFactory();
        for (int i = 0; i < rules.length; i++) {
            beans.addBean("rule" + i, rules[i]);
        }
        return new FailureClassifier(beans.getBeanProvider(FailureRule.class));
    }
}
