package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.support.RetryTemplate;

class ChoreRunnerTests {

    private final ChoreProblems problems = new ChoreProblems();
    private final ChoreRunner runner = new ChoreRunner(new RetryTemplate(), problems);

    private final Logger logger = (Logger) LoggerFactory.getLogger(ChoreRunner.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void saysWhetherThereIsMoreToDo() {
        assertThat(runner.run("dusting", () -> true, ChoreRunnerTests::mine)).isTrue();
        assertThat(runner.runAgain("dusting", () -> false, ChoreRunnerTests::mine))
                .isFalse();
    }

    @Test
    void logsTheInnermostCauseOfTheFirstFailureAndTheRecovery() {
        for (int times = 0; times < 3; times++) {
            assertThat(fails("dusting", new ConnectException("refused"))).isFalse();
        }
        fails("sweeping", new ConnectException("refused"));
        runner.run("dusting", () -> true, ChoreRunnerTests::mine);
        runner.run("dusting", () -> true, ChoreRunnerTests::mine);

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
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

        runner.run("dusting", () -> false, ChoreRunnerTests::mine);
        assertThat(problems.current()).isEmpty();
    }

    @Test
    void whatIsLeftToAnotherReplicaIsNoSuccess() {
        fails("dusting", new SQLException("permission denied", "42501"));

        runner.run("dusting", () -> false, () -> false);

        assertThat(log.list).hasSize(1);
        assertThat(problems.current()).isEmpty();

        runner.run("dusting", () -> false, ChoreRunnerTests::mine);

        assertThat(log.list.getLast().getFormattedMessage()).isEqualTo("Chore dusting works again after 1 failures");
    }

    @Test
    void anErrorIsAFailureToo() {
        assertThat(runner.run(
                        "dusting",
                        () -> {
                            throw new StackOverflowError();
                        },
                        ChoreRunnerTests::mine))
                .isFalse();
    }

    @Test
    void anInterruptedPauseInterruptsTheThread() {
        runner.run(
                "dusting",
                () -> {
                    throw new BackOffInterruptedException("interrupted");
                },
                ChoreRunnerTests::mine);

        assertThat(Thread.interrupted()).isTrue();
    }

    private static boolean mine() {
        return true;
    }

    private boolean fails(String chore, Exception cause) {
        return runner.run(
                chore,
                () -> {
                    throw new IllegalStateException("wrapped", cause);
                },
                ChoreRunnerTests::mine);
    }
}
