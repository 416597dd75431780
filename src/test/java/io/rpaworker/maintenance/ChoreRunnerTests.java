package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.testing.LoggedEvents;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.transaction.CannotCreateTransactionException;

class ChoreRunnerTests {

    private static final RpaDb DB = Postgres.migrated();

    private final ChoreProblems problems = new ChoreProblems();
    private final Leadership leadership = Leaderships.over(DB.workerDataSource());
    private final ChoreRunner runner = new ChoreRunner(new RetryTemplate(), problems, leadership);

    @RegisterExtension
    private final LoggedEvents log = LoggedEvents.of(ChoreRunner.class, Level.INFO);

    @Test
    void saysWhetherThereIsMoreToDo() {
        assertThat(runner.run(TestChore.of("dusting", () -> true))).isTrue();
        assertThat(runner.run(TestChore.of("dusting", () -> false))).isFalse();
        assertThat(runner.run(TestChore.of("dusting", () -> true).triedOnce())).isTrue();
    }

    @Test
    void logsTheInnermostCauseOfTheFirstFailureAndTheRecovery() {
        for (int times = 0; times < 3; times++) {
            assertThat(fails("dusting", new ConnectException("refused"))).isFalse();
        }
        fails("sweeping", new ConnectException("refused"));
        runner.run(TestChore.of("dusting", () -> true));
        runner.run(TestChore.of("dusting", () -> true));

        assertThat(log.messages())
                .containsExactly(
                        "Chore dusting failed and will be done again: java.net.ConnectException: refused",
                        "Chore sweeping failed and will be done again: java.net.ConnectException: refused",
                        "Chore dusting works again after 3 failures");
    }

    @Test
    void whatDoesNotPassByItselfIsAProblemUntilItWorks() {
        fails("dusting", new SQLException("permission denied", "42501"));
        fails("sweeping", new SQLException("connection failure", "08006"));

        assertThat(problems.current()).containsExactly("Chore dusting fails: SQLSTATE 42501");

        runner.run(TestChore.of("dusting", () -> false));
        assertThat(problems.current()).isEmpty();
    }

    // As of a database that is closed, renamed, or whose password is just being changed.
    @Test
    void thatNoConnectionIsToBeHadIsNoChoresProblem() {
        var closed = new SQLException("not currently accepting connections", "55000");

        fails("dusting", new CannotGetJdbcConnectionException("no connection", closed));
        fails("sweeping", new CannotCreateTransactionException("no transaction", closed));

        assertThat(problems.current()).isEmpty();
        assertThat(log.all()).hasSize(2);
    }

    @Test
    void whatIsLeftToAnotherReplicaIsNoSuccess() {
        TestChore leadersDusting = TestChore.of("dusting", () -> false).asLeader();
        fails("dusting", new SQLException("permission denied", "42501"));

        runner.run(leadersDusting);

        assertThat(log.all()).hasSize(1);
        assertThat(problems.current()).isEmpty();

        leadership.campaign("a", Duration.ofHours(1));
        runner.run(leadersDusting);

        assertThat(log.messages().getLast()).isEqualTo("Chore dusting works again after 1 failures");
    }

    @Test
    void isDoneAgainAtOnceAfterAnErrorUnlessItMayNot() {
        var tries = new AtomicInteger();
        TestChore dusting = TestChore.of("dusting", () -> {
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException();
            }
            return true;
        });

        assertThat(runner.run(dusting)).isTrue();
        assertThat(tries).hasValue(3);

        tries.set(0);
        assertThat(runner.run(dusting.triedOnce())).isFalse();
        assertThat(tries).hasValue(1);
    }

    @Test
    void anErrorIsAFailureToo() {
        assertThat(runner.run(TestChore.of("dusting", () -> {
                    throw new StackOverflowError();
                })))
                .isFalse();
    }

    @Test
    void anInterruptedPauseInterruptsTheThread() {
        runner.run(TestChore.of("dusting", () -> {
            throw new BackOffInterruptedException("interrupted");
        }));

        assertThat(Thread.interrupted()).isTrue();
    }

    private boolean fails(String chore, Exception cause) {
        return runner.run(TestChore.of(chore, () -> {
            throw new IllegalStateException("wrapped", cause);
        }));
    }
}
