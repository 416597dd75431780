package io.rpaworker.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OneLineLogsTests {

    private static final Logger log = LoggerFactory.getLogger(OneLineLogsTests.class);

    @Test
    void whateverIsLoggedBeginsNoLineOfItsOwn(CapturedOutput output) throws InterruptedException {
        String forged = "x\n2026-11-28T10:00:00.000Z ERROR 1 --- [main] forged\r\u001b[31m\u2028\u0085forged";
        try (var worker = TestWorker.on(Postgres.migrated()).start()) {
            assertThat(worker.port(true)).isPositive();
            Thread.ofPlatform()
                    .name("t\nforged")
                    .start(() -> log.warn(
                            "Said: {}",
                            forged,
                            new IllegalStateException(forged, new IllegalArgumentException(forged))))
                    .join();
        }

        assertThat(output.getOut().lines()).noneMatch(it -> it.startsWith("2026-11-28") || it.startsWith("forged"));
        assertThat(output.getOut())
                .contains(
                        "Said: x\\n2026-11-28T10:00:00.000Z ERROR 1 --- [main] forged\\r\\u001b[31m\\u2028\\u0085forged")
                .contains("t\\nforged")
                .contains("\njava.lang.IllegalStateException: x\\n2026")
                .contains("\nCaused by: java.lang.IllegalArgumentException: x\\n2026")
                .contains("\n\tat ")
                .doesNotContain("\u2028", "\u0085", "\u001b[31m");
    }

    @Test
    void noLoggersNameBeginsALineAndNoTextTurnsTheWritingRound(CapturedOutput output) {
        try (var worker = TestWorker.on(Postgres.migrated())
                .property("logging.exception-conversion-word", "%rEx")
                .start()) {
            assertThat(worker.port(true)).isPositive();
            LoggerFactory.getLogger("acme\n2026-11-28")
                    .warn("a\u202egnihton\u2066b", new IllegalStateException("x\nforged"));
        } finally {
            // Spring Boot tells Logback so, for as long as the JVM lives.
            System.clearProperty(LoggingSystemProperty.EXCEPTION_CONVERSION_WORD.getEnvironmentVariableName());
        }

        assertThat(output.getOut().lines()).noneMatch(it -> it.startsWith("2026-11-28") || it.startsWith("forged"));
        assertThat(output.getOut()).contains("a\\u202egnihton\\u2066b", "java.lang.IllegalStateException: x\\nforged");
    }

    @Test
    void tabsAndOrdinaryTextStayAsTheyAre() {
        // A family, which is joined by something invisible, and a soft hyphen.
        String text = "a\tb \u00e4\u20ac\ud83d\udc68\u200d\ud83d\udc69 \u05d0\u0645 \u00ad \\n";

        assertThat(OneLine.of(text)).isSameAs(text);
    }
}
