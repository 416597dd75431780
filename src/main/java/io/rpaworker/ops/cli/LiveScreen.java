package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A terminal's other screen, drawn anew now and then. Lines are written over those before and nothing is cleared, so
 * that it does not flicker; whatever ends the process, the terminal is as it was.
 */
final class LiveScreen implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int TICKS_PER_LOOK = 10;

    // The other screen, no cursor, and lines that are cut where they reach the edge.
    private static final String BEGIN = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private static final String END = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    private record Size(int rows, int columns) {}

    private final Rpa rpa;
    private final Terminal terminal;
    private final String before;
    private final Thread hook = new Thread(this::restore, "rpa-restore-terminal");
    private boolean restored;

    private LiveScreen(Rpa rpa) {
        this.rpa = rpa;
        this.terminal = rpa.terminal();
        this.before = Terminal.stty("-g");
    }

    static LiveScreen on(Rpa rpa) {
        var screen = new LiveScreen(rpa);
        Runtime.getRuntime().addShutdownHook(screen.hook);
        // A key is there when it is pressed, and is not shown.
        Terminal.stty("-icanon", "-echo", "min", "0", "time", "0");
        screen.write(BEGIN);
        return screen;
    }

    /**
     * Looks and draws until q is pressed.
     *
     * @param look what is drawn; while it fails, what was seen last stays, with the reason
     * @param lines what is seen, for a terminal of this size
     */
    <T> void redraw(Duration interval, Supplier<T> look, BiFunction<T, Terminal, List<String>> lines) {
        T seen = null;
        do {
            String problem = null;
            try {
                seen = look.get();
            } catch (Problem e) {
                problem = Explanation.of(e, rpa).text();
            }
            T last = seen;
            String told = problem;
            if (drawUntil(interval, it -> last == null ? List.of() : lines.apply(last, it), told)) {
                return;
            }
        } while (true);
    }

    private interface Drawing {
        List<String> lines(Terminal terminal);
    }

    // Whether q was pressed.
    private boolean drawUntil(Duration interval, Drawing drawing, @Nullable String problem) {
        Size drawn = null;
        long ticks = Math.max(1, interval.dividedBy(TICK));
        for (long tick = 0; tick < ticks; tick++) {
            if (tick % TICKS_PER_LOOK == 0) {
                Size size = size();
                if (!size.equals(drawn)) {
                    draw(drawing, problem, size);
                    drawn = size;
                }
            }
            if (isQuit()) {
                return true;
            }
        }
        return false;
    }

    private void draw(Drawing drawing, @Nullable String problem, Size size) {
        var lines = new ArrayList<String>();
        if (problem != null) {
            lines.add(Style.BAD.on(Style.BAD.plain(problem), true));
        }
        // Where a line fills the last column, what clears the rest of it clears that column.
        lines.addAll(drawing.lines(terminal.withColumns(size.columns() - 1)));
        var screen = new StringBuilder(HOME);
        int shown = Math.min(lines.size(), size.rows());
        for (int i = 0; i < shown; i++) {
            boolean more = i == size.rows() - 1 && lines.size() > size.rows();
            screen.append(more ? "(%d more lines)".formatted(lines.size() - i) : lines.get(i))
                    .append(REST_OF_LINE)
                    .append(i < shown - 1 ? "\r\n" : "");
        }
        write(screen.append(REST_OF_SCREEN).toString());
    }

    private boolean isQuit() {
        try {
            Thread.sleep(TICK);
            while (terminal.in().available() > 0) {
                int key = terminal.in().read();
                if (key == 'q' || key == 'Q') {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static Size size() {
        String[] said = Terminal.stty("size").split(" ", -1);
        try {
            int rows = Integer.parseInt(said[0]);
            int columns = Integer.parseInt(said[said.length - 1]);
            return rows > 0 && columns > 0 ? new Size(rows, columns) : new Size(24, 80);
        } catch (NumberFormatException e) {
            return new Size(24, 80);
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            write(END);
            if (!before.isEmpty()) {
                Terminal.stty(before);
            }
        }
    }

    private void write(String text) {
        terminal.out().print(text);
        terminal.out().flush();
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already.
        }
    }
}
