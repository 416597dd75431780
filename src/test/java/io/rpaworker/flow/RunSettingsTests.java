package io.rpaworker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.settings.SettingsException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the ticks of a schedule are, above all where clocks are put forward and back. */
class RunSettingsTests {

    private static RunSettings scheduled(String schedule) {
        return RunSettings.of(
                "nightly",
                new FlowProperties.Run(schedule, ZoneId.of("Europe/Berlin"), null, null, null, null, null),
                null);
    }

    private static List<String> ticks(String schedule, String after, String until) {
        return scheduled(schedule).ticks(ZonedDateTime.parse(after), ZonedDateTime.parse(until), 1_000).stream()
                .map(it -> it.withZoneSameInstant(ZoneOffset.UTC).toString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Put back at 01:00Z on 25 October: 02:30 is twice.
                "0 30 2 * * *     | 2026-10-24T12:00Z | 2026-10-26T12:00Z | 2026-10-25T00:30Z 2026-10-26T01:30Z",
                "0 30 2 * * *     | 2026-10-25T00:50Z | 2026-10-25T02:00Z | ''",
                "@daily           | 2026-10-24T12:00Z | 2026-10-26T12:00Z | 2026-10-24T22:00Z 2026-10-25T23:00Z",
                // Put forward at 01:00Z on 29 March: 02:30 is not.
                "0 30 2 * * *     | 2026-03-28T12:00Z | 2026-03-30T12:00Z | 2026-03-29T01:30Z 2026-03-30T00:30Z",
                "0 30 2 * * *     | 2026-03-29T01:10Z | 2026-03-29T01:40Z | 2026-03-29T01:30Z",
                "0 0/30 2 * * *   | 2026-03-29T00:00Z | 2026-03-29T03:00Z | 2026-03-29T01:00Z 2026-03-29T01:30Z",
                "0 0,30 2,3 * * * | 2026-03-29T00:00Z | 2026-03-29T03:00Z | 2026-03-29T01:00Z 2026-03-29T01:30Z",
                "0 0,30 2,3 * * * | 2026-03-29T01:10Z | 2026-03-29T03:00Z | 2026-03-29T01:30Z",
                // In each hour that passes.
                "0 0/30 * * * *   | 2026-10-25T00:00Z | 2026-10-25T02:00Z"
                        + " | 2026-10-25T00:30Z 2026-10-25T01:00Z 2026-10-25T01:30Z 2026-10-25T02:00Z",
                "@hourly          | 2026-03-29T00:00Z | 2026-03-29T02:00Z | 2026-03-29T01:00Z 2026-03-29T02:00Z",
                "0 0/30 0-23 * * * | 2026-10-25T00:00Z | 2026-10-25T01:00Z | 2026-10-25T00:30Z 2026-10-25T01:00Z",
                "' 0 30 2 * * *'  | 2026-10-25T00:50Z | 2026-10-25T02:00Z | ''",
                "0 0 0 29 2 *     | 2026-03-01T00:00Z | 2029-03-01T00:00Z | 2028-02-28T23:00Z"
            })
    void ticksAreThoseOfTheClockOnTheWall(String schedule, String after, String until, String expected) {
        assertThat(String.join(" ", ticks(schedule, after, until))).isEqualTo(expected);
    }

    @Test
    void ticksAreInOrderWhereAClockIsPutByHalfAnHour() {
        var settings = RunSettings.of(
                "nightly",
                new FlowProperties.Run(
                        "0 15,40 2 * * *", ZoneId.of("Australia/Lord_Howe"), null, null, null, null, null),
                null);
        // Put forward at 02:00 to 02:30 on 4 October, which is 15:30Z of the day before.
        assertThat(settings.ticks(
                        ZonedDateTime.parse("2026-10-03T15:00Z"), ZonedDateTime.parse("2026-10-03T15:42Z"), 1_000))
                .map(it -> it.withZoneSameInstant(ZoneOffset.UTC).toString())
                .containsExactly("2026-10-03T15:40Z");
    }

    @Test
    void theFirstOnesAreToldWhenThereAreMore() {
        assertThat(scheduled("0 * * * * *")
                        .ticks(
                                ZonedDateTime.parse("2026-01-01T00:00Z"),
                                ZonedDateTime.parse("2027-01-01T00:00Z"),
                                1_000))
                .hasSize(1_000)
                .endsWith(ZonedDateTime.parse("2026-01-01T17:40+01:00[Europe/Berlin]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 0 30 2 *", "0 0 0 31 4,6 *"})
    void aScheduleThatNeverComesIsNone(String schedule) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> scheduled(schedule))
                .withMessage("Flow 'nightly': run.schedule is no schedule: '%s' never comes", schedule);
    }
}
