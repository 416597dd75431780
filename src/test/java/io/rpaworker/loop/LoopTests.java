package io.rpaworker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LoopTests {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Role ROLE = Role.vital("tested", "Rounds of a test").restingAfterFailure(Duration.ofMillis(1));

    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicLong clock = new AtomicLong();
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final Loop loop = new Loop(ROLE, this::next, clock::get);

    // Does what the test says, one step after the other.
    private Duration next() throws Exception {
        Step step = steps.take();
        rounds.incrementAndGet();
        return step.comeRound();
    }

    @AfterEach
    void end() {
        loop.stop();
    }

    @Test
    void logsTheFirstOfSomeFailuresInARowAndGoesOn(CapturedOutput output) {
        Step failing = () -> {
            throw new IllegalStateException("broken");
        };
        loop.start();

        steps.add(failing);
        steps.add(failing);
        steps.add(() -> Duration.ZERO);
        steps.add(failing);
        steps.add(() -> Duration.ZERO);
        awaitRounds(5);

        assertThat(output.getAll().lines().filter(it -> it.contains("Rounds of a test fail")))
                .hasSize(2)
                .allMatch(it -> it.endsWith(
                        "Rounds of a test fail, and are tried again: java.lang.IllegalStateException: broken"));
    }

    @Test
    void outlivesAFailureThatCannotEvenBeLogged(CapturedOutput output) {
        loop.start();
        steps.add(() -> {
            throw new Error() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new IllegalStateException("broken itself");
                }
            };
        });
        steps.add(() -> Duration.ZERO);

        awaitRounds(2);
        assertThat(output).contains("Rounds of a test fail, and are tried again: io.rpaworker.loop.LoopTests$");
    }

    @Test
    void outlivesAnInterruptThatCodeHasLeftBehind() {
        loop.start();
        steps.add(() -> {
            Thread.currentThread().interrupt();
            return LONG;
        });
        steps.add(() -> {
            throw new InterruptedException();
        });
        steps.add(() -> Duration.ZERO);

        awaitRounds(3);
    }

    @Test
    void restsForAsLongAsARoundSaysUnlessItIsHurried() {
        loop.start();
        steps.add(() -> LONG);
        Awaitility.await().until(loop::isResting);
        steps.add(() -> LONG);
        assertThat(rounds).hasValue(1);

        loop.hurry();

        awaitRounds(2);
        Awaitility.await().until(loop::isResting);
    }

    @Test
    void doesNotRestAtAllIfItWasHurriedDuringTheRound() {
        loop.start();
        steps.add(() -> {
            loop.hurry();
            loop.hurry();
            return LONG;
        });
        steps.add(() -> LONG);

        awaitRounds(2);
        Awaitility.await().until(loop::isResting);
        assertThat(rounds).hasValue(2);
    }

    @Test
    void endsAfterTheRoundThatIsUnderWay() throws InterruptedException {
        var letGo = new CountDownLatch(1);
        var cameToItsEnd = new CountDownLatch(1);
        loop.start();
        steps.add(() -> {
            letGo.await();
            cameToItsEnd.countDown();
            return Duration.ZERO;
        });
        awaitRounds(1);

        loop.end();
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.isOver()).isFalse();
        letGo.countDown();
        loop.await(LONG);

        assertThat(cameToItsEnd.await(0, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.isOver()).isTrue();
        assertThat(rounds).hasValue(1);
    }

    @Test
    void isInterruptedByAStopAndBeginsAnewByAStart() throws InterruptedException {
        loop.start();
        loop.stop();
        loop.await(LONG);
        assertThat(loop.isOver()).isTrue();

        loop.start();
        steps.add(() -> Duration.ZERO);
        awaitRounds(1);
        assertThat(loop.isRunning()).isTrue();
    }

    // The round of the one that was stopped may take its time, and swallow the interrupt.
    @Test
    void goesOnOnlyOnceWhenItBeginsAnewBeforeItHasComeToItsEnd() throws InterruptedException {
        var letGo = new CountDownLatch(1);
        loop.start();
        steps.add(() -> {
            awaitUninterruptibly(letGo);
            return Duration.ZERO;
        });
        awaitRounds(1);
        Thread first = loop.thread().orElseThrow();
        loop.stop();

        loop.start();
        letGo.countDown();

        assertThat(first.join(LONG)).isTrue();
        steps.add(() -> LONG);
        Awaitility.await().until(loop::isResting);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean waits = true;
        while (waits) {
            try {
                latch.await();
                waits = false;
            } catch (InterruptedException e) {
                // As code does that is not ours.
            }
        }
    }

    @Test
    void saysHowLongAgoItLastCameRound() {
        loop.start();
        steps.add(() -> LONG);
        Awaitility.await().until(loop::isResting);

        clock.addAndGet(Duration.ofSeconds(7).toNanos());

        assertThat(loop.sinceLastRound()).isEqualTo(Duration.ofSeconds(7));
    }

    private void awaitRounds(int count) {
        Awaitility.await().untilAtomic(rounds, org.hamcrest.Matchers.greaterThanOrEqualTo(count));
    }
}
