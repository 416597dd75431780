package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class LocalSettingsTests {

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void defaults() {
        var settings = LocalSettings.of(environment);

        assertThat(settings.surveys().name()).isEqualTo("surveys.csv");
        assertThat(settings.surveys().file().exists()).isTrue();
        assertThat(settings.responses().file().exists()).isTrue();
        assertThat(settings.exitWhenDone()).isFalse();
    }

    @Test
    void filesAreNamedByTheEnvironment() {
        environment
                .withProperty("rpa.local.surveys", "a/s.csv.gz")
                .withProperty("rpa.local.responses", "/b/r.csv")
                .withProperty("rpa.local.exit-when-done", "true");

        var settings = LocalSettings.of(environment);

        assertThat(settings.surveys().file().getDescription()).contains("a/s.csv.gz");
        assertThat(settings.surveys().variable()).isEqualTo("RPA_LOCAL_SURVEYS");
        assertThat(settings.responses().file().getDescription()).contains("/b/r.csv");
        assertThat(settings.responses().variable()).isEqualTo("RPA_LOCAL_RESPONSES");
        assertThat(settings.exitWhenDone()).isTrue();
    }

    @Test
    void oneFileWithoutTheOtherIsRefused() {
        environment.withProperty("rpa.local.surveys", "s.csv");

        refused("Only one of RPA_LOCAL_SURVEYS and RPA_LOCAL_RESPONSES is set.");
    }

    @Test
    void exitWhenDoneIsTrueOrFalse() {
        environment.withProperty("rpa.local.exit-when-done", "yes");

        refused("RPA_LOCAL_EXIT_WHEN_DONE is neither true nor false.");
    }

    private void refused(String message) {
        assertThatExceptionOfType(LocalRunException.class)
                .isThrownBy(() -> LocalSettings.of(environment))
                .withMessage(message);
    }
}
