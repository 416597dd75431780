package io.rpaworker.ops.cli;

import io.rpaworker.text.DurationText;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;

/**
 * A bar on standard error, if that is a terminal: how much of a file was read, how fast, and how long it still takes.
 */
final class Progress {

    private static final long INTERVAL_NANOS = Duration.ofMillis(200).toNanos();
    private static final int WIDTH = 24;

    private final Terminal terminal;
    private final long size;
    private final long began = System.nanoTime();
    private long drawnAt = began;
    private long read;
    private long skipped = -1;

    /**
     * Of something that is about to be read.
     *
     * @param size in bytes; 0 if nobody knows
     */
    Progress(Terminal terminal, long size) {
        this.terminal = terminal;
        this.size = size;
    }

    /** Counts what is read of a file. */
    InputStream counting(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int c = super.read();
                read += c < 0 ? 0 : 1;
                return c;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = super.read(bytes, from, length);
                read += Math.max(0, count);
                return count;
            }
        };
    }

    /** Shows it, but not more often than an eye can follow. */
    void show(long records) {
        long now = System.nanoTime();
        if (skipped < 0) {
            skipped = read;
        }
        if (terminal.errIsTerminal() && now - drawnAt >= INTERVAL_NANOS) {
            drawnAt = now;
            terminal.err().print("\r" + text(records, Duration.ofNanos(now - began)) + "\u001b[K");
            terminal.err().flush();
        }
    }

    private String text(long records, Duration passed) {
        String rate = String.format(
                Locale.ROOT, "%,d records  %,d/s", records, records * 1000 / Math.max(1, passed.toMillis()));
        if (size == 0) {
            return rate;
        }
        double share = Math.min(1, (double) read / size);
        int full = (int) (share * WIDTH);
        // What was passed over took no time.
        long done = Math.max(1, read - skipped);
        long left = Math.max(0, size - read) * passed.toMillis() / done;
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  %s  %s left",
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                share * 100,
                rate,
                DurationText.of(Duration.ofSeconds(left / 1000)));
    }

    /** Takes the bar away. */
    void end() {
        if (terminal.errIsTerminal()) {
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
        }
    }
}
