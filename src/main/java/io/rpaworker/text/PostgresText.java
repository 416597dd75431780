package io.rpaworker.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's {@code text} and {@code jsonb} cannot hold: NUL and half a surrogate pair. */
public final class PostgresText {

    private static final char REPLACEMENT = '\uFFFD';

    private PostgresText() {}

    /** Whether a text can be stored as it is. */
    public static boolean canHold(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0' || isLoneSurrogate(text, i)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
            }
        }
        return true;
    }

    /**
     * Makes a text that can always be stored: NUL is dropped, half a surrogate pair and other control characters but
     * newline and tab are replaced, and what is longer is cut.
     *
     * @param text any text; null gives the empty text
     * @param maxBytes most bytes of the result in UTF-8
     */
    public static String storable(@Nullable String text, int maxBytes) {
        if (text == null) {
            return "";
        }
        // A character is a byte at least, so nothing behind maxBytes characters can be kept.
        var kept = new StringBuilder(Math.min(text.length(), maxBytes));
        int bytes = 0;
        for (int i = 0; i < text.length() && bytes < maxBytes; i++) {
            char c = text.charAt(i);
            if (c == '\0') {
                continue;
            }
            String character = Character.isHighSurrogate(c) && !isLoneSurrogate(text, i)
                    ? text.substring(i, ++i + 1)
                    : String.valueOf(isLoneSurrogate(text, i) || isControl(c) ? REPLACEMENT : c);
            bytes += character.getBytes(StandardCharsets.UTF_8).length;
            if (bytes <= maxBytes) {
                kept.append(character);
            }
        }
        return kept.toString();
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t';
    }

    private static boolean isLoneSurrogate(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
        }
        return Character.isLowSurrogate(c) && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
    }
}
