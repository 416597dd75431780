package io.rpaworker.failure;

import io.rpaworker.database.RowValues;
import io.rpaworker.text.Causes;
import io.rpaworker.text.PostgresText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.DigestUtils;

/** Turns any failure into texts that can be stored, and into the fingerprint by which failures are grouped. */
public final class FailureTexts {

    private static final int MAX_BYTES = 8 * 1024;
    private static final int MAX_FOLDED = 300;

    // A word with a digit in it, and whatever is quoted, differs from record to record. Never goes back over a text:
    // what did took half a second for 8 KiB without a blank.
    private static final Pattern QUOTED_OR_WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s'\"]+");

    private FailureTexts() {}

    /**
     * What is kept in {@code error_message}, cut to 8 KiB: the failure and its causes, without what PostgreSQL quotes
     * of the row, and where in the handler's own code it was.
     */
    public static String reason(Throwable failure) {
        List<Throwable> causes = Causes.of(failure);
        var values = RowValues.of(causes);
        var reason = new StringBuilder();
        for (Throwable cause : causes) {
            reason.append(reason.isEmpty() ? "" : "\ncaused by ").append(text(cause, values));
            if (reason.length() > MAX_BYTES) {
                break;
            }
        }
        // However long the messages are, these are worth more than their ends.
        String frames = OwnFrames.lines(causes);
        return PostgresText.storable(reason.toString(), MAX_BYTES - frames.getBytes(StandardCharsets.UTF_8).length)
                + frames;
    }

    private static String text(Throwable cause, RowValues values) {
        String message = Objects.requireNonNullElse(messageOf(cause), "");
        return cause.getClass().getName() + ": " + PostgresText.storable(values.leaveOut(message), MAX_BYTES);
    }

    public static String storable(String text) {
        return PostgresText.storable(text, MAX_BYTES);
    }

    /** The same for failures of one flow that have one cause: numbers, ids and quoted words do not count. */
    public static String fingerprint(String flow, FailureKind kind, Throwable failure) {
        Throwable root = Causes.of(failure).getLast();
        return fingerprint(
                flow,
                kind,
                root.getClass().getName() + "@" + OwnFrames.method(failure) + " "
                        + PostgresText.storable(messageOf(root), MAX_BYTES));
    }

    public static String fingerprint(String flow, FailureKind kind, String text) {
        String start = text.length() > MAX_BYTES ? text.substring(0, MAX_BYTES) : text;
        String folded = QUOTED_OR_WORD
                .matcher(start)
                .replaceAll(it -> isVariable(it.group()) ? "#" : Matcher.quoteReplacement(it.group()));
        String cut = folded.length() > MAX_FOLDED ? folded.substring(0, MAX_FOLDED) : folded;
        byte[] bytes = String.join("|", flow, kind.column(), cut).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(DigestUtils.md5Digest(bytes));
    }

    private static boolean isVariable(String quotedOrWord) {
        char first = quotedOrWord.charAt(0);
        return first == '\'' || first == '"' || quotedOrWord.chars().anyMatch(Character::isDigit);
    }

    private static @Nullable String messageOf(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (Throwable broken) {
            return "(its getMessage() throws " + broken.getClass().getName() + ")";
        }
    }
}
