package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rpaworker.handler.Source;
import io.rpaworker.worker.Breaker.Permit;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BreakerTests {

    private final AtomicInteger probes = new AtomicInteger();
    private volatile boolean up = true;

    private final Breaker breaker = new Breaker(new Source("hub", () -> {
        probes.incrementAndGet();
        if (!up) {
            throw new ConnectException("refused");
        }
    }));

    private final Logger logger = (Logger) LoggerFactory.getLogger(Breaker.class);
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
        logger.setLevel(null);
    }

    @Test
    void letsBatchesThroughOnceTheSourceHasAnswered() {
        assertThat(breaker.reason()).isEqualTo("not asked yet");

        assertThat(breaker.ask()).isEqualTo(Permit.BATCHES);
        assertThat(breaker.ask()).isEqualTo(Permit.BATCHES);

        assertThat(breaker.reason()).isNull();
        assertThat(probes).hasValue(1);
    }

    @Test
    void letsNothingThroughWhileTheSourceIsDownFromTheStart() {
        up = false;

        assertThat(breaker.ask()).isEqualTo(Permit.NOTHING);
        assertThat(breaker.ask()).isEqualTo(Permit.NOTHING);

        assertThat(breaker.reason()).contains("refused");
        assertThat(probes).hasValue(1);
        up = true;
        assertThat(next()).isEqualTo(Permit.BATCHES);
    }

    @Test
    void aSourceThatWasNeverAwayIsNotSaidToBeBack() {
        breaker.ask();

        assertThat(said()).isEmpty();
    }

    @Test
    void aSourceThatWasAwayIsSaidToBeBackOnce() {
        up = false;
        breaker.ask();
        up = true;
        next();
        breaker.answered();

        assertThat(said())
                .containsExactly(
                        "Source hub does not answer: java.net.ConnectException: refused", "Source hub answers again");
    }

    @Test
    void triesOneRecordBeforeItLetsBatchesThroughAgain() {
        breaker.ask();
        breaker.trip("read timed out");

        assertThat(breaker.ask()).isEqualTo(Permit.NOTHING);
        assertThat(breaker.reason()).isEqualTo("read timed out");

        assertThat(next()).isEqualTo(Permit.ONE_RECORD);
        assertThat(breaker.ask()).isEqualTo(Permit.NOTHING);
        breaker.answered();
        assertThat(breaker.ask()).isEqualTo(Permit.BATCHES);
    }

    @Test
    void aFailedTrialShutsItAgain() {
        breaker.ask();
        breaker.trip("first");
        assertThat(next()).isEqualTo(Permit.ONE_RECORD);

        breaker.trip("second");

        assertThat(breaker.ask()).isEqualTo(Permit.NOTHING);
        assertThat(breaker.reason()).isEqualTo("second");
    }

    @Test
    void aTrialThatFoundNoRecordIsTriedSoonAgain() {
        breaker.ask();
        breaker.trip("first");
        assertThat(next()).isEqualTo(Permit.ONE_RECORD);

        breaker.unused();

        assertThat(next()).isEqualTo(Permit.ONE_RECORD);
    }

    // Sixteen records that meet one outage are one failure: the next probe is due in a quarter of a second, not in
    // five.
    @Test
    void recordsThatFailTogetherDoNotAddUp() {
        breaker.ask();
        for (int i = 0; i < 16; i++) {
            breaker.trip("outage");
        }

        Awaitility.await().atMost(Duration.ofSeconds(2)).until(() -> breaker.ask() == Permit.ONE_RECORD);
    }

    @Test
    void onlyOneProbesAtATime() throws InterruptedException {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var slow = new Breaker(new Source("slow", () -> {
            asked.countDown();
            answer.await();
        }));
        var first = CompletableFuture.supplyAsync(slow::ask);
        asked.await();

        assertThat(slow.ask()).isEqualTo(Permit.NOTHING);

        answer.countDown();
        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(Permit.BATCHES);
    }

    private List<String> said() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private Permit next() {
        return Awaitility.await().pollInterval(Duration.ofMillis(20)).until(breaker::ask, it -> it != Permit.NOTHING);
    }
}
