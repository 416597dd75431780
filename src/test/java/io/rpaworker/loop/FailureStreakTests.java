package io.rpaworker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureStreakTests {

    private final Logger log = (Logger) LoggerFactory.getLogger(FailureStreak.class);
    private final @Nullable Level before = log.getLevel();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.setLevel(Level.DEBUG);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void leaveTheLogAsItWas() {
        log.detachAppender(logged);
        log.setLevel(before);
    }

    @Test
    void logsTheFirstFailureAndTheSuccessThatEndsThem() {
        var polls = new FailureStreak("Polls", "are tried again");

        polls.succeeded();
        polls.failed(new IllegalStateException("one"));
        polls.failed(new IllegalStateException("two"));
        assertThat(polls.isFailing()).isTrue();
        polls.succeeded();
        polls.succeeded();
        assertThat(polls.isFailing()).isFalse();
        polls.failed(new IllegalStateException("three"));

        assertThat(from(Level.INFO))
                .containsExactly(
                        "WARN Polls fail, and are tried again: java.lang.IllegalStateException: one",
                        "INFO Polls succeed again",
                        "WARN Polls fail, and are tried again: java.lang.IllegalStateException: three");
        assertThat(logged.list)
                .filteredOn(it -> it.getLevel().equals(Level.DEBUG))
                .extracting(it -> it.getThrowableProxy().getMessage())
                .containsExactly("one", "two", "three");
    }

    @Test
    void saysNothingAboveDebugIfOthersDo() {
        var polls = new FailureStreak("Polls", "are tried again", true);

        polls.failed(new IllegalStateException("one"));
        polls.succeeded();

        assertThat(from(Level.INFO)).isEmpty();
        assertThat(logged.list).hasSize(1);
    }

    private Stream<String> from(Level level) {
        return logged.list.stream()
                .filter(it -> it.getLevel().isGreaterOrEqual(level))
                .map(it -> it.getLevel() + " " + it.getFormattedMessage());
    }
}
