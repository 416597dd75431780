package io.rpaworker.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.rpaworker.testing.Failures;
import io.rpaworker.text.PostgresText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class FailureTextsTests {

    private static final int MAX_BYTES = 8 * 1024;

    @Test
    void reasonTellsTheFailureAndItsCauses() {
        var failure = new IllegalStateException("cannot grade", new IllegalArgumentException("no answers"));

        assertThat(FailureTexts.reason(failure))
                .isEqualTo("java.lang.IllegalStateException: cannot grade\n"
                        + "caused by java.lang.IllegalArgumentException: no answers");
        assertThat(FailureTexts.reason(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "half \uD83D pair", "other half \uDE00", "\uDE00\uD83D", "bell \u0007"})
    void whateverTheMessageIsCanBeStored(String message) {
        String reason = FailureTexts.reason(new IllegalStateException(message));

        assertThat(PostgresText.canHold(reason)).isTrue();
        assertThat(reason).startsWith("java.lang.IllegalStateException: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00E4", "\u20AC", "\uD83D\uDE00", "\0", "x "})
    void cutsAMessageOfTenMegabytesWhereACharacterEnds(String character) {
        var failure = new IllegalStateException(character.repeat(10_000_000 / character.length()));

        String reason = FailureTexts.reason(new RuntimeException(failure));

        assertThat(reason.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(MAX_BYTES);
        assertThat(PostgresText.canHold(reason)).isTrue();
        assertThat(FailureTexts.fingerprint("f", FailureKind.ERROR, failure)).hasSize(32);
    }

    @Test
    void survivesCausesThatGoRoundInACircle() {
        var one = new IllegalStateException("one");
        one.initCause(new IllegalArgumentException("two", one));

        assertThat(FailureTexts.reason(one))
                .isEqualTo("java.lang.IllegalStateException: one\ncaused by java.lang.IllegalArgumentException: two");
        assertThat(FailureTexts.fingerprint("f", FailureKind.ERROR, one)).hasSize(32);
    }

    @Test
    void survivesAFailureThatIsItselfBroken() {
        assertThat(FailureTexts.reason(new Broken()))
                .isEqualTo(
                        Broken.class.getName() + ": (its getMessage() throws java.lang.UnsupportedOperationException)");
        assertThat(FailureTexts.fingerprint("f", FailureKind.ERROR, new Broken()))
                .hasSize(32);
    }

    /** A failure nothing of which can be read. */
    public static class Broken extends RuntimeException {

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            throw new UnsupportedOperationException();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new UnsupportedOperationException();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            // Quotes are part of the texts.
            quoteCharacter = '~',
            value = {
                "survey 17 is gone          | survey 4711 is gone",
                "no answer to 'Where?'      | no answer to 'When, and why?'",
                "no answer to \"a\"         | no answer to \"b c\"",
                "id 3f2c-11 failed          | id 77aa-9 failed",
                "at 2026-01-01T10:00 (x1)   | at 2027-02-02T11:11 (x2)"
            })
    void foldsWhatDiffersFromRecordToRecord(String one, String other) {
        assertThat(fingerprint(one)).isEqualTo(fingerprint(other));
    }

    @Test
    void tellsDifferentFailuresApart() {
        assertThat(fingerprint("survey is gone"))
                .isNotEqualTo(fingerprint("survey is empty"))
                .isNotEqualTo(FailureTexts.fingerprint("g", FailureKind.ERROR, "survey is gone"))
                .isNotEqualTo(FailureTexts.fingerprint("f", FailureKind.REJECTED, "survey is gone"));
    }

    @Test
    void tellsTheSameMessageFromAnotherPlaceApart() {
        assertThat(FailureTexts.fingerprint("f", FailureKind.ERROR, Failures.oneWay()))
                .isEqualTo(FailureTexts.fingerprint("f", FailureKind.ERROR, Failures.oneWay()))
                .isNotEqualTo(FailureTexts.fingerprint("f", FailureKind.ERROR, Failures.anotherWay()));
    }

    @Test
    void theReasonEndsWhereInTheHandlersCodeTheInnermostCauseWas() {
        var failure = new RuntimeException("x".repeat(100_000), new IllegalStateException("caused", Failures.oneWay()));

        String reason = FailureTexts.reason(failure);

        assertThat(reason).endsWith("xxx\n    at acme.Handler.oneWay(Handler.java:7)");
        assertThat(reason.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(MAX_BYTES);
    }

    @Test
    void framesAreTheAuthorsOwnAtMostThreeAndEachOnce() {
        var failure = new IllegalStateException("x");
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("java.util.List", "of", "List.java", 1),
            new StackTraceElement("acme.Deep", "deeper", "Deep.java", 7),
            new StackTraceElement("acme.Deep", "deeper", "Deep.java", 7),
            new StackTraceElement("org.hibernate.Session", "load", "Session.java", 1),
            new StackTraceElement("acme.Handler$$SpringCGLIB$$0", "handle", "<generated>", -1),
            new StackTraceElement("acme.Evil\nname", "run", null, 8),
            new StackTraceElement("acme.Handler", "handle", "Handler.java", 42),
            new StackTraceElement("acme.Fourth", "call", "Fourth.java", 1)
        });

        assertThat(FailureTexts.reason(failure)).isEqualTo("""
                java.lang.IllegalStateException: x
                    at acme.Deep.deeper(Deep.java:7)
                    at acme.Evil name.run(Unknown Source:8)
                    at acme.Handler.handle(Handler.java:42)""");
    }

    // Existing dead letters are grouped by it, and a release must not group them anew.
    @Test
    void theFingerprintIsTheOneOfTheFirstRelease() {
        assertThat(fingerprint(new StackTraceElement("acme.Handler", "handle", "Handler.java", 42)))
                .isEqualTo("d97067ffde8bceb1598ec6deea7c2770");
    }

    @Test
    void theFingerprintDoesNotSayWhichOfTheWorkersClassesAHandlerCalled() {
        var handler = new StackTraceElement("acme.Handler", "handle", "Handler.java", 42);

        assertThat(fingerprint(
                        new StackTraceElement("io.rpaworker.surveyhub.SurveyHub", "query", "SurveyHub.java", 1),
                        handler))
                .isEqualTo(fingerprint(handler));
        assertThat(fingerprint(new StackTraceElement("org.apache.Client", "get", "Client.java", 1), handler))
                .isEqualTo(fingerprint(handler));
        assertThat(fingerprint(
                        new StackTraceElement("acme.Handler$$SpringCGLIB$$0", "handle", "<generated>", -1), handler))
                .isEqualTo(fingerprint(handler));
        assertThat(fingerprint(
                        new StackTraceElement("io.rpaworker.flows.survey.SurveyQuery", "ask", "SurveyQuery.java", 1),
                        handler))
                .isNotEqualTo(fingerprint(handler));
    }

    private static String fingerprint(StackTraceElement... frames) {
        var failure = new IllegalStateException("survey 17 'x' is gone");
        failure.setStackTrace(frames);
        return FailureTexts.fingerprint("f", FailureKind.ERROR, failure);
    }

    // A pattern that went back and forth took half a second for each of these.
    @ParameterizedTest
    @ValueSource(strings = {"x", "x'", "x\"", "'\"", "x 1", "1", "\u00E4"})
    void foldsLongTextsInNoTime(String part) {
        String text = part.repeat(MAX_BYTES / part.length());

        assertTimeout(Duration.ofSeconds(2), () -> {
            for (int i = 0; i < 100; i++) {
                Objects.requireNonNull(fingerprint(text));
            }
        });
    }

    private static String fingerprint(String text) {
        return FailureTexts.fingerprint("f", FailureKind.ERROR, text);
    }
}
