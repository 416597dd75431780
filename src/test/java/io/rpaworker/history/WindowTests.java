package io.rpaworker.history;

import static io.rpaworker.history.Span.DAY;
import static io.rpaworker.history.Span.HOUR;
import static io.rpaworker.history.Span.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.history.Window.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowTests {

    private static final Instant NOW = Instant.parse("2026-11-30T12:34:56Z");

    @Test
    void theLastHourIsMadeOfMinutes() {
        Window window = Window.of(NOW.minus(Duration.ofHours(1)), NOW, NOW);

        assertThat(window.from()).isEqualTo("2026-11-30T11:34:00Z");
        assertThat(window.to()).isEqualTo(NOW);
        assertThat(window.parts()).containsExactly(part(MINUTE, "2026-11-30T11:34:00Z", "2026-11-30T12:34:56Z"));
    }

    @Test
    void anHourInTheMiddleOfMinutesIsReadAsOne() {
        Window window = Window.of(NOW.minus(Duration.ofMinutes(115)), NOW, NOW);

        assertThat(window.parts())
                .containsExactly(
                        part(MINUTE, "2026-11-30T10:39:00Z", "2026-11-30T11:00:00Z"),
                        part(HOUR, "2026-11-30T11:00:00Z", "2026-11-30T12:00:00Z"),
                        part(MINUTE, "2026-11-30T12:00:00Z", "2026-11-30T12:34:56Z"));
    }

    @Test
    void aWeekIsMadeOfDaysAndOfHoursAtItsEnds() {
        Window window = Window.of(NOW.minus(Duration.ofDays(7)), NOW, NOW);

        assertThat(window.parts())
                .containsExactly(
                        part(HOUR, "2026-11-23T12:00:00Z", "2026-11-24T00:00:00Z"),
                        part(DAY, "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z"),
                        part(HOUR, "2026-11-30T00:00:00Z", "2026-11-30T12:34:56Z"));
    }

    @Test
    void whatIsOlderThanHoursAreKeptIsMadeOfDays() {
        Window window = Window.of(NOW.minus(Duration.ofDays(30)), NOW.minus(Duration.ofDays(20)), NOW);

        assertThat(window.parts()).containsExactly(part(DAY, "2026-10-31T00:00:00Z", "2026-11-11T00:00:00Z"));
    }

    @Test
    void twoHoursOfLastNightAreMadeOfHours() {
        Window window = Window.of(Instant.parse("2026-11-30T02:00:00Z"), Instant.parse("2026-11-30T04:00:00Z"), NOW);

        assertThat(window.parts()).containsExactly(part(HOUR, "2026-11-30T02:00:00Z", "2026-11-30T04:00:00Z"));
    }

    @Test
    void partsFillTheWindowWithoutGapOrOverlap() {
        var random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            Instant from = NOW.minusSeconds(1 + random.nextInt(400 * 24 * 3600));
            Window window = Window.of(
                    from,
                    NOW.minusSeconds(
                            random.nextInt(1 + (int) Duration.between(from, NOW).toSeconds() - 1)),
                    NOW);
            Instant at = window.from();
            for (Part part : window.parts()) {
                assertThat(part.from())
                        .isEqualTo(at)
                        .isEqualTo(part.span().floor(at))
                        .isBefore(part.to());
                at = part.to();
            }
            assertThat(at).isEqualTo(window.to());
        }
    }

    /** What is still to come would make each rate of a short time too low. */
    @Test
    void whatIsToComeIsNoPartOfIt() {
        Window window = Window.of(NOW.minus(Duration.ofHours(3)), NOW, NOW);

        assertThat(window.from()).isEqualTo("2026-11-30T09:00:00Z");
        assertThat(window.to()).isEqualTo(NOW);
    }

    @Test
    void endsAfterItBegins() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of(NOW, NOW, NOW))
                .withMessageContaining("ends after it begins");
    }

    private static Part part(Span span, String from, String to) {
        return new Part(span, Instant.parse(from), Instant.parse(to));
    }
}
