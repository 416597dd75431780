package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rpaworker.testing.Failures;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.retry.support.RetryTemplate;

class TransientRetriesTests {

    private final List<Long> pauses = new ArrayList<>();
    private final RetryTemplate retries = new TransientRetries().retryTemplate(pauses::add);

    @Test
    void aStatementThatPostgresqlSaysHasNotHappenedIsTriedFourTimesAtTheMost() {
        var failure = new DataAccessResourceFailureException("lost", Failures.postgres("57P01"));

        assertThat(attempts(failure)).isEqualTo(4);
        assertThat(pauses).hasSize(3);
    }

    @Test
    void theAnswerOfTheFirstAttemptThatSucceedsIsReturned() throws SQLException {
        var attempts = new AtomicInteger();

        String answer = retries.execute(context -> {
            if (attempts.incrementAndGet() < 3) {
                throw Failures.postgres("40001");
            }
            return "done";
        });

        assertThat(answer).isEqualTo("done");
        assertThat(attempts).hasValue(3);
    }

    // A statement that may have happened must not be sent again, and one that cannot work need not be.
    @ParameterizedTest
    @ValueSource(strings = {"08007", "40003", "57014", "23505", "42P01", "22001"})
    void whatMayHaveHappenedOrCannotWorkIsNotTriedAgain(String state) {
        assertThat(attempts(new IllegalStateException(Failures.postgres(state))))
                .isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void whatIsNoErrorOfADatabaseIsNotTriedAgain() {
        assertThat(attempts(new IllegalStateException("a bug"))).isEqualTo(1);
    }

    // So that many replicas do not come back in step.
    @Test
    void pausesGrowThreefoldAndAreSpread() {
        IntStream.range(0, 20).forEach(round -> attempts(new IllegalStateException(Failures.postgres("40P01"))));

        assertThat(everyThird(0)).allMatch(it -> it >= 50 && it <= 150).hasSizeGreaterThan(1);
        assertThat(everyThird(1)).allMatch(it -> it >= 150 && it <= 450).hasSizeGreaterThan(1);
        assertThat(everyThird(2)).allMatch(it -> it >= 450 && it <= 1_350).hasSizeGreaterThan(1);
    }

    private List<Long> everyThird(int from) {
        return IntStream.range(0, pauses.size())
                .filter(i -> i % 3 == from)
                .mapToObj(pauses::get)
                .distinct()
                .toList();
    }

    private int attempts(RuntimeException failure) {
        var attempts = new AtomicInteger();
        Throwable thrown = catchThrowable(() -> retries.execute(context -> {
            attempts.incrementAndGet();
            throw failure;
        }));
        assertThat(thrown).isSameAs(failure);
        return attempts.get();
    }
}
