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
    private boolean open;

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
     * Shows how far the work is; does nothing if it is too early for another line.
     *
     * @param completed how many records are done
     * @param failed how many are not, for the moment or for good
     * @param total all of them
     * @param elapsed since the work began
     */
    void show(long completed, long failed, long total, Duration elapsed) {
        if (terminal) {
            int filled = total == 0 ? WIDTH : (int) (WIDTH * completed / total);
            String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
            // To the line's start, over what was there, and away with what is left of it.
            out.print("\r[" + bar + "] " + text(completed, failed, total, elapsed) + "\u001b[K");
            out.flush();
            open = true;
        } else if (elapsed.compareTo(nextLine) >= 0) {
            nextLine = elapsed.plus(INTERVAL);
            out.println(text(completed, failed, total, elapsed));
        }
    }

    /** Ends the bar's line, if one has been begun. */
    void end() {
        if (open) {
            out.println();
            open = false;
        }
    }

    private static String text(long completed, long failed, long total, Duration elapsed) {
        double seconds = elapsed.toNanos() / 1e9;
        String text = String.format(
                Locale.ROOT,
                "%,d of %,d records, %d %%, %,.0f records/s",
                completed,
                total,
                total == 0 ? 100 : 100 * completed / total,
                seconds == 0 ? 0 : completed / seconds);
        return failed == 0 ? text : text + String.format(Locale.ROOT, ", %,d failed", failed);
    }
}
