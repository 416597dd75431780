package io.rpaworker.ops.cli;

import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a command has to say, line by line. Nothing in it moves the cursor or rings, whatever the data holds. */
final class Page {

    private static final String NONE = "-";

    private final Terminal terminal;
    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    Page(Terminal terminal, Instant now) {
        this.terminal = terminal;
        this.now = now;
    }

    /** A line of text; data in it is made harmless. */
    Page line(String text) {
        lines.add(Style.NONE.plain(text));
        return this;
    }

    Page styled(Style style, String text) {
        lines.add(style.on(Style.NONE.plain(text), terminal.outIsTerminal()));
        return this;
    }

    Page heading(String text) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        return styled(Style.BOLD, text);
    }

    /** Sentences, one a line, with a dash before each. */
    Page list(String heading, List<String> sentences) {
        if (!sentences.isEmpty()) {
            heading(heading);
            sentences.forEach(it -> line("- " + it));
        }
        return this;
    }

    Page table(Table table) {
        lines.addAll(table.lines(terminal));
        return this;
    }

    /** All of it. */
    List<String> lines() {
        return lines;
    }

    /** How long ago something was. */
    String ago(@Nullable Instant then) {
        if (then == null) {
            return NONE;
        }
        Duration age = Duration.between(then, now);
        return age(age.isNegative() ? Duration.ZERO : age);
    }

    static String age(@Nullable Duration age) {
        return age == null ? NONE : DurationText.of(age);
    }

    static String age(@Nullable Double seconds) {
        return seconds == null ? NONE : DurationText.of(Duration.ofMillis((long) (seconds * 1000)));
    }

    /** A moment to the second. */
    static String at(@Nullable Instant moment) {
        return moment == null
                ? NONE
                : String.valueOf(
                        moment.isBefore(Instant.MAX.minusSeconds(1)) ? moment.truncatedTo(ChronoUnit.SECONDS) : moment);
    }

    /** So many of something, whose name gets an s where there are several. */
    static String count(long number, String one) {
        return String.format(Locale.ROOT, number == 1 ? "%,d %s" : "%,d %ss", number, one);
    }

    static Object orNone(@Nullable Object value) {
        return value == null ? NONE : value;
    }
}
