package io.rpaworker.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how far the work is: a bar that grows in a terminal, a line every second anywhere else. */
final class Progress {

    private static final int WIDTH = 40;
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final PrintStream out;
    private final boolean terminal;
    private Duration nextLine = INTERVAL;

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** For the terminal or file that the program writes to. */
    // From JDK 25 on System.console() is null again where there is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    static Progress ofThisProcess() {
        var console = System.console();
        return new Progress(System.out, console != null && console.isTerminal());
    }

    /**
     * Shows that {@code done} of {@code total} records are done; does nothing if it is too early for another line.
     *
     * @param elapsed since the work began
     */
    void show(long done, long total, Duration elapsed) {
        if (terminal) {
            int filled = total == 0 ? WIDTH : (int) (WIDTH * done / total);
            // To the line's start, over what was there, and away with what is left of it.
            out.printf(
                    "\r[%s%s] %s\u001b[K", "#".repeat(filled), ".".repeat(WIDTH - filled), text(done, total, elapsed));
            out.flush();
        } else if (elapsed.compareTo(nextLine) >= 0) {
            nextLine = elapsed.plus(INTERVAL);
            out.println(text(done, total, elapsed));
        }
    }

    /** Ends the bar's line. */
    void end() {
        if (terminal) {
            out.println();
        }
    }

    private static String text(long done, long total, Duration elapsed) {
        double seconds = elapsed.toNanos() / 1e9;
        return String.format(
                Locale.ROOT,
                "%,d of %,d records, %d %%, %,.0f records/s",
                done,
                total,
                total == 0 ? 100 : 100 * done / total,
                seconds == 0 ? 0 : done / seconds);
    }
}
