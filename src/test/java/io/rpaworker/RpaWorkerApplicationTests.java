package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RpaWorkerApplicationTests {

    @Test
    void settingsAloneStartAWorker() {
        assertThat(List.of("", "--spring.profiles.active=production", "--rpa.worker.lease=40s --debug"))
                .noneMatch(it -> RpaWorkerApplication.isCommand(words(it)));
    }

    // Whoever writes the options first, or mistypes, would have a worker that claims records.
    @Test
    void aWordOrAnOptionOfCommandsStartsNone() {
        assertThat(List.of(
                        "status",
                        "statsu",
                        "help",
                        "--help",
                        "-h",
                        "--version",
                        "-V",
                        "rpa",
                        "--yes migrate",
                        "-y migrate",
                        "--as=ann reset",
                        "--json",
                        "--spring.profiles.active=production status",
                        "--spring.profiles.active production"))
                .allMatch(it -> RpaWorkerApplication.isCommand(words(it)));
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(" ", -1);
    }
}
