package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTests {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void terminalHasOneLineWithABarThatGrows() {
        var progress = new Progress(out, true);

        progress.show(0, 0, 4_000, Duration.ZERO);
        progress.show(1_000, 0, 4_000, Duration.ofMillis(500));
        progress.show(4_000, 0, 4_000, Duration.ofSeconds(1));
        progress.end();

        assertThat(text().split("\r"))
                .containsExactly(
                        "",
                        "[........................................] 0 of 4,000 records, 0 %, 0 records/s\u001b[K",
                        "[##########..............................] 1,000 of 4,000 records, 25 %, 2,000 records/s\u001b[K",
                        "[########################################] 4,000 of 4,000 records, 100 %, 4,000 records/s\u001b[K"
                                + System.lineSeparator());
    }

    @Test
    void anythingElseGetsALineEverySecond() {
        var progress = new Progress(out, false);

        for (int tenths = 0; tenths <= 25; tenths++) {
            progress.show(tenths * 100L, 0, 4_000, Duration.ofMillis(tenths * 100L));
        }
        progress.end();

        assertThat(text().lines())
                .containsExactly(
                        "1,000 of 4,000 records, 25 %, 1,000 records/s",
                        "2,000 of 4,000 records, 50 %, 1,000 records/s");
    }

    @Test
    void failuresAreShownAndNothingToDoIsNoDivision() {
        var progress = new Progress(out, false);

        progress.show(7, 3, 10, Duration.ofSeconds(1));
        progress.show(0, 0, 0, Duration.ofSeconds(5));

        assertThat(text().lines())
                .containsExactly("7 of 10 records, 70 %, 7 records/s, 3 failed", "0 of 0 records, 100 %, 0 records/s");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
