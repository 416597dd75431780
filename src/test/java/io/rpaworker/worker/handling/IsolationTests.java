package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class IsolationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration NONE = Duration.ZERO;

    private final Isolation isolation = new Isolation(new IsolationBackoff(PATIENCE, System.nanoTime()));

    @Test
    void manyMayBeInside() throws InterruptedException {
        assertThat(isolation.enter(NONE)).isTrue();
        assertThat(isolation.enter(NONE)).isTrue();
        isolation.leave();
        isolation.leave();

        assertThat(isolation.enterAlone(() -> true)).isTrue();
    }

    @Test
    void aSuspectLosesPatienceWhileSomebodyIsInside() throws InterruptedException {
        var hasty = new Isolation(new IsolationBackoff(NONE, System.nanoTime()));
        hasty.enter(NONE);

        assertThat(hasty.enterAlone(() -> true)).isFalse();

        // Having given up it keeps nobody out, and leaves them their time.
        assertThat(hasty.isWanted()).isFalse();
        assertThat(hasty.enter(NONE)).isTrue();
        hasty.leave();
        hasty.leave();
        assertThat(hasty.isOpenToSuspects()).isFalse();
        assertThat(hasty.enterAlone(() -> true)).isFalse();
    }

    @Test
    void aSuspectWaitsForTheLastOneToLeave() throws InterruptedException {
        isolation.enter(NONE);
        var alone = CompletableFuture.supplyAsync(this::enterAlone);
        Awaitility.await().until(isolation::isWanted);
        assertThat(alone).isNotDone();

        isolation.leave();

        assertThat(alone).succeedsWithin(PATIENCE).isEqualTo(true);
    }

    @Test
    void aSuspectThatMayNotStartAnyMoreKeepsNobodyWaiting() throws InterruptedException {
        assertThat(isolation.enterAlone(() -> false)).isFalse();
        assertThat(isolation.isWanted()).isFalse();
    }

    @Test
    void aSuspectStopsWaitingWhenItMayNotStartAnyMore() throws InterruptedException {
        isolation.enter(NONE);
        var mayStart = new AtomicBoolean(true);
        var alone = CompletableFuture.supplyAsync(() -> enterAlone(mayStart::get));
        Awaitility.await().until(isolation::isWanted);

        mayStart.set(false);

        assertThat(alone).succeedsWithin(PATIENCE.dividedBy(2)).isEqualTo(false);
    }

    @Test
    void twoSuspectsAreNotAloneTogether() throws InterruptedException {
        assertThat(isolation.enterAlone(() -> true)).isTrue();
        assertThat(isolation.isOpenToSuspects()).isFalse();
        assertThat(isolation.enterAlone(() -> true)).isFalse();
        assertThat(isolation.isWanted()).as("the first one goes on").isTrue();

        isolation.leaveAlone(true);

        assertThat(isolation.enterAlone(() -> true)).isTrue();
    }

    @Test
    void whoWaitsForASuspectWaitsNoLongerThanHeWants() throws InterruptedException {
        assertThat(isolation.enterAlone(() -> true)).isTrue();

        assertThat(CompletableFuture.supplyAsync(() -> enter(Duration.ofMillis(10))))
                .succeedsWithin(PATIENCE)
                .isEqualTo(false);

        var entered = CompletableFuture.supplyAsync(() -> enter(PATIENCE));
        isolation.leaveAlone(true);
        assertThat(entered).succeedsWithin(PATIENCE).isEqualTo(true);
    }

    @Test
    void nobodyEntersWhileASuspectIsAlone() throws InterruptedException {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(8);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                threads.execute(() -> {
                    for (int n = 0; n < 2_000; n++) {
                        comeAndGo(inside);
                    }
                    done.countDown();
                });
            }
            int alone = 0;
            while (alone < 50) {
                if (isolation.enterAlone(() -> true)) {
                    most.accumulateAndGet(inside.get(), Math::max);
                    isolation.leaveAlone(true);
                    alone++;
                }
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(0);
    }

    private void comeAndGo(AtomicInteger inside) {
        assertThat(enter(PATIENCE)).isTrue();
        inside.incrementAndGet();
        inside.decrementAndGet();
        isolation.leave();
    }

    private boolean enter(Duration bound) {
        try {
            return isolation.enter(bound);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean enterAlone() {
        return enterAlone(() -> true);
    }

    private boolean enterAlone(BooleanSupplier goesOn) {
        try {
            return isolation.enterAlone(goesOn);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
