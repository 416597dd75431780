package io.rpaworker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopsTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Loops loops = new Loops();

    @AfterEach
    void end() {
        letGo.countDown();
    }

    @Test
    void aLoopThatHasEndedIsAProblemAtOnce() throws InterruptedException {
        Loop loop = loops.start("brief", () -> {});
        loop.await(LONG);

        assertThat(loops.problems(LONG)).containsExactly("The loop rpa-brief has ended");
    }

    @Test
    void aLoopThatDoesNotComeRoundIsAProblem() {
        loops.start("late", () -> comesRoundAndStays(Duration.ofHours(-2)));

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(loops.problems(LONG)).containsExactly("The loop rpa-late is overdue by 2 h"));
    }

    @Test
    void whatIsInTimeOrWaitsOrMayEndIsNone() throws InterruptedException {
        loops.start("in-time", () -> comesRoundAndStays(LONG));
        loops.start("waiting", () -> {
            Loop.waits();
            stay();
        });
        Loop late = loops.start("late", () -> comesRoundAndStays(Duration.ofHours(-2)));
        Awaitility.await().until(() -> !loops.problems(LONG).isEmpty());

        late.letEnd();
        assertThat(loops.problems(LONG)).isEmpty();
        late.stop();
        late.await(LONG);
        assertThat(loops.problems(LONG)).isEmpty();
    }

    // Of one flow: who runs others decides what that is worth.
    @Test
    void whatIsKeptByCodeThatIsNotTheWorkersIsNone() {
        Loop lent = loops.start("lent", () -> {
            Loop.comesRound(Duration.ofHours(-2));
            Loop.lend(true);
            stay();
            Loop.lend(false);
            Loop.comesRound(Duration.ofHours(-2));
            Awaitility.await().forever().until(() -> Thread.currentThread().isInterrupted());
        });
        Awaitility.await().until(() -> lent.lentFor().isPositive());
        assertThat(loops.problems(LONG)).isEmpty();

        letGo.countDown();
        Awaitility.await().until(() -> !loops.problems(LONG).isEmpty());
        assertThat(lent.lentFor()).isZero();
        lent.stop();
    }

    private void comesRoundAndStays(Duration pause) {
        Loop.comesRound(pause);
        stay();
    }

    private void stay() {
        try {
            letGo.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
