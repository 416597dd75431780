package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IsolationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration NONE = Duration.ZERO;

    private final Isolation isolation = new Isolation();

    @Test
    void manyMayBeInside() throws InterruptedException {
        isolation.enter();
        isolation.enter();
        isolation.leave();
        isolation.leave();

        assertThat(isolation.enterAlone(NONE)).isTrue();
    }

    @Test
    void aSuspectLosesPatienceWhileSomebodyIsInside() throws InterruptedException {
        isolation.enter();

        assertThat(isolation.enterAlone(NONE)).isFalse();

        // Having given up it keeps nobody out.
        isolation.enter();
        isolation.leave();
        isolation.leave();
        assertThat(isolation.enterAlone(NONE)).isTrue();
    }

    @Test
    void aSuspectWaitsForTheLastOneToLeave() throws InterruptedException {
        isolation.enter();
        var alone = CompletableFuture.supplyAsync(() -> enterAlone(PATIENCE));
        assertThat(alone).isNotDone();

        isolation.leave();

        assertThat(alone).succeedsWithin(PATIENCE).isEqualTo(true);
    }

    @Test
    void twoSuspectsAreNotAloneTogether() throws InterruptedException {
        assertThat(isolation.enterAlone(NONE)).isTrue();
        assertThat(isolation.enterAlone(NONE)).isFalse();
        var second = CompletableFuture.supplyAsync(() -> enterAlone(PATIENCE));

        isolation.leaveAlone();

        assertThat(second).succeedsWithin(PATIENCE).isEqualTo(true);
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
            for (int n = 0; n < 50; n++) {
                if (isolation.enterAlone(PATIENCE)) {
                    most.accumulateAndGet(inside.get(), Math::max);
                    isolation.leaveAlone();
                }
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(0);
    }

    private void comeAndGo(AtomicInteger inside) {
        try {
            isolation.enter();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        inside.incrementAndGet();
        inside.decrementAndGet();
        isolation.leave();
    }

    private boolean enterAlone(Duration patience) {
        try {
            return isolation.enterAlone(patience);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
