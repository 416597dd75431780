package io.rpaworker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rpaworker.testing.LoggedEvents;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailureStreakTests {

    @RegisterExtension
    private final LoggedEvents logged = LoggedEvents.of(FailureStreak.class, Level.DEBUG);

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
        assertThat(logged.all())
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
        assertThat(logged.all()).hasSize(1);
    }

    private Stream<String> from(Level level) {
        return logged.all().stream()
                .filter(it -> it.getLevel().isGreaterOrEqual(level))
                .map(it -> it.getLevel() + " " + it.getFormattedMessage());
    }
}
