package io.rpaworker.ops.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows under headings. Numbers stand to the right; on a terminal the widest texts are cut until a row fits, elsewhere
 * nothing is.
 */
final class Table {

    private static final String GAP = "  ";
    private static final int LEAST = 6;

    private final List<String> headings;
    private final boolean[] numbers;
    private final List<List<Cell>> rows = new ArrayList<>();

    private record Cell(String text, Style style) {}

    private Table(List<String> headings) {
        this.headings = headings;
        this.numbers = new boolean[headings.size()];
        Arrays.fill(numbers, true);
    }

    static Table of(String... headings) {
        return new Table(List.of(headings));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** A row; null is shown as a dash, and a number to the right. */
    Table row(@Nullable Object... values) {
        return row(Style.NONE, values);
    }

    Table row(Style style, @Nullable Object... values) {
        var cells = new ArrayList<Cell>();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            String text = value == null ? "-" : shown(value);
            numbers[i] &= value instanceof Number || text.equals("-");
            cells.add(new Cell(style.plain(text), style));
        }
        rows.add(cells);
        return this;
    }

    private static String shown(Object value) {
        return switch (value) {
            case Double it -> String.format(Locale.ROOT, "%,.1f", it);
            case Number it -> String.format(Locale.ROOT, "%,d", it.longValue());
            default -> value.toString();
        };
    }

    List<String> lines(Terminal terminal) {
        boolean cut = terminal.outIsTerminal();
        int[] widths = widths(cut ? terminal.columns() : Integer.MAX_VALUE);
        String mark = Terminal.cut(terminal.charset());
        var lines = new ArrayList<String>();
        lines.add(line(headings.stream().map(it -> new Cell(it, Style.BOLD)).toList(), widths, mark, cut));
        rows.forEach(it -> lines.add(line(it, widths, mark, cut)));
        return lines;
    }

    private int[] widths(int columns) {
        int[] widths = IntStream.range(0, headings.size())
                .map(i -> rows.stream()
                        .mapToInt(row -> row.get(i).text().length())
                        .reduce(headings.get(i).length(), Math::max))
                .toArray();
        long room = columns - (long) GAP.length() * (widths.length - 1);
        while (Arrays.stream(widths).sum() > room) {
            int widest = widest(widths);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    // A number that is cut would be another one.
    private int widest(int[] widths) {
        return IntStream.range(0, widths.length)
                .filter(i -> !numbers[i] && widths[i] > LEAST)
                .reduce((a, b) -> widths[b] > widths[a] ? b : a)
                .orElse(-1);
    }

    private String line(List<Cell> cells, int[] widths, String mark, boolean coloured) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Cell cell = cells.get(i);
            String text = fit(cell.text(), widths[i], mark);
            String space = " ".repeat(widths[i] - text.length());
            boolean last = i == widths.length - 1;
            String styled = cell.style().on(text, coloured);
            line.append(numbers[i] ? space + styled : last ? styled : styled + space)
                    .append(last ? "" : GAP);
        }
        return line.toString();
    }

    private static String fit(String text, int width, String mark) {
        return text.length() <= width ? text : text.substring(0, width - 1) + mark;
    }
}
