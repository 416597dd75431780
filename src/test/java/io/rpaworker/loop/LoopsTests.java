package io.rpaworker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopsTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicLong clock = new AtomicLong();
    private final Loops loops = new Loops(clock::get);

    @AfterEach
    void end() {
        letGo.countDown();
    }

    @Test
    void aLoopThatHasEndedByItselfIsAProblemAtOnce() throws InterruptedException {
        Thread test = Thread.currentThread();
        var dying = new Loops(() -> {
            if (!test.equals(Thread.currentThread())) {
                throw new OutOfMemoryError("no clock");
            }
            return 0;
        });
        Loop loop = started(dying, Role.vital("brief", "Rounds"), this::stay);
        loop.await(LONG);

        assertThat(dying.vitalProblems(LONG)).containsExactly("The loop rpa-brief has ended");
    }

    @Test
    void aLoopThatDoesNotComeRoundIsAProblem() {
        staying(Role.vital("late", "Rounds"));
        clock.addAndGet(LONG.toNanos());
        assertThat(loops.vitalProblems(LONG)).isEmpty();

        clock.addAndGet(LONG.toNanos());

        assertThat(loops.vitalProblems(LONG)).containsExactly("The loop rpa-late is overdue by 2 h");
    }

    @Test
    void oneThatRecordsCanDoWithoutIsAProblemOfAnotherKind() {
        staying(Role.of("late", "Rounds"));
        clock.addAndGet(2 * LONG.toNanos());

        assertThat(loops.vitalProblems(LONG)).isEmpty();
        assertThat(loops.otherProblems(LONG)).containsExactly("The loop rpa-late is overdue by 2 h");
    }

    @Test
    void whatRestsOrWaitsOrIsNotStartedOrIsExcusedIsNone() {
        Loop resting = started(loops, Role.vital("resting", "Rounds"), () -> LONG.multipliedBy(2));
        started(loops, Role.vital("waiting", "Rounds"), () -> {
            Loop.waits();
            return stay();
        });
        loops.of(Role.vital("new", "Rounds"), () -> LONG);
        Loop late = staying(Role.vital("late", "Rounds"));
        Awaitility.await().until(resting::isResting);
        clock.addAndGet(3 * LONG.toNanos());
        assertThat(loops.vitalProblems(LONG)).containsExactly("The loop rpa-late is overdue by 3 h");

        late.excuse();

        assertThat(loops.vitalProblems(LONG)).isEmpty();
        assertThat(late.isRunning()).isTrue();
    }

    @Test
    void aRoundMaySayHowLongItTakes() {
        Loop long1 = started(loops, Role.vital("long", "Rounds"), () -> {
            Loop.comesRound(LONG.multipliedBy(2));
            return stay();
        });
        Awaitility.await().until(() -> isWithin(long1, "stay"));
        clock.addAndGet(3 * LONG.toNanos());
        assertThat(loops.vitalProblems(LONG)).isEmpty();
        clock.addAndGet(1);

        assertThat(loops.vitalProblems(LONG)).hasSize(1);
    }

    // Of one flow: who runs others decides what that is worth.
    @Test
    void whatIsKeptByCodeThatIsNotTheWorkersIsNone() {
        Loop lent = started(loops, Role.vital("lent", "Rounds"), () -> {
            Loop.lend(true);
            stay();
            Loop.lend(false);
            new CountDownLatch(1).await();
            return LONG;
        });
        Awaitility.await().until(() -> isWithin(lent, "stay"));
        clock.addAndGet(2 * LONG.toNanos());
        assertThat(loops.vitalProblems(LONG)).isEmpty();
        assertThat(lent.lentFor()).isEqualTo(LONG.multipliedBy(2));

        letGo.countDown();
        Awaitility.await().until(() -> !loops.vitalProblems(LONG).isEmpty());
        assertThat(lent.lentFor()).isZero();
        lent.stop();
    }

    @Test
    void saysWhenEachLastCameRound() {
        staying(Role.vital("one", "Rounds"));
        clock.addAndGet(LONG.toNanos());
        staying(Role.of("other", "Rounds"));

        assertThat(loops.sinceLastRound())
                .containsEntry("rpa-one", LONG)
                .containsEntry("rpa-other", Duration.ZERO)
                .hasSize(2);
    }

    private Loop staying(Role role) {
        Loop loop = started(loops, role, this::stay);
        Awaitility.await().until(() -> isWithin(loop, "stay"));
        return loop;
    }

    private static Loop started(Loops loops, Role role, Step step) {
        Loop loop = loops.of(role, step);
        loop.start();
        return loop;
    }

    private Duration stay() throws InterruptedException {
        letGo.await();
        return LONG;
    }

    private static boolean isWithin(Loop loop, String method) {
        Thread thread = loop.thread().orElseThrow();
        return thread.getState() == Thread.State.WAITING
                && java.util.Arrays.stream(thread.getStackTrace())
                        .anyMatch(it -> it.getMethodName().equals(method));
    }
}
