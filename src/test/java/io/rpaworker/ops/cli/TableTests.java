package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTests {

    @Test
    void numbersStandToTheRightAndTextsToTheLeft() {
        Table table =
                Table.of("FLOW", "PENDING").row("a", 1_234_567).row("longer", 2).row("none", null);

        assertThat(table.lines(pipe())).containsExactly("""
                FLOW      PENDING
                a       1,234,567
                longer          2
                none            -""".split("\n"));
    }

    @Test
    void onATerminalTheWidestTextsAreCutAndNumbersNever() {
        Table table = Table.of("KEY", "N", "ERROR").row("order-4711", 1_234_567_890L, "could not be reached at all");

        assertThat(plain(table.lines(terminal(40, StandardCharsets.UTF_8))))
                .containsExactly("KEY                     N  ERROR", "order-4711  1,234,567,890  could not be…")
                .allMatch(it -> it.length() <= 40);
        assertThat(table.lines(pipe())).anyMatch(it -> it.endsWith("could not be reached at all"));
    }

    @Test
    void whatIsCutIsMarkedInAnyCharacterSet() {
        Table table = Table.of("ERROR").row("could not be reached at all");

        assertThat(plain(table.lines(terminal(10, StandardCharsets.US_ASCII)))).contains("could not~");
    }

    @Test
    void dataCannotMoveTheCursorOrForgeALine() {
        Table table = Table.of("KEY", "ERROR").row("a\u001b[2Jb\tc", "one\ntwo\r\u202e");

        assertThat(table.lines(pipe())).last().isEqualTo("a\\u001b[2Jb\\tc  one\\ntwo\\r\\u202e");
    }

    @Test
    void thereAreColoursOnTerminalsOnly() {
        Table table = Table.of("FLOW").row(Style.BAD, "a");

        assertThat(table.lines(terminal(80, StandardCharsets.UTF_8))).last().isEqualTo("\u001b[31ma\u001b[0m");
        assertThat(table.lines(pipe())).last().isEqualTo("a");
    }

    private static List<String> plain(List<String> lines) {
        return lines.stream().map(it -> it.replaceAll("\u001b\\[\\d+m", "")).toList();
    }

    private static Terminal pipe() {
        return Terminal.none(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    }

    private static Terminal terminal(int columns, Charset charset) {
        return new Terminal(
                InputStream.nullInputStream(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()),
                true,
                true,
                true,
                columns,
                charset);
    }
}
