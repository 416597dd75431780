package io.rpaworker.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes, and whether that is a person's screen.
 *
 * @param in standard input
 * @param out for answers
 * @param err for what goes wrong, for questions and for progress
 * @param inIsTerminal whether somebody can answer
 * @param outIsTerminal whether somebody reads the answers; otherwise they are neither cut nor coloured
 * @param errIsTerminal whether somebody reads the rest
 * @param columns that fit on a line
 * @param charset of the output
 */
public record Terminal(
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        int columns,
        Charset charset) {

    private static final int USUAL_COLUMNS = 80;
    private static final Pattern DEVICE = Pattern.compile("/dev/(pts/\\d+|tty.*|console)");
    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,4}");

    /** That of this process. */
    static Terminal ofProcess() {
        boolean out = isTerminal(1);
        return new Terminal(
                System.in,
                writer(System.out, out),
                writer(System.err, true),
                isTerminal(0),
                out,
                isTerminal(2),
                out ? columns(System.getenv("COLUMNS")) : USUAL_COLUMNS,
                charset(System.out, out));
    }

    /** None, but for what a program reads: standard input is empty. */
    static Terminal none(PrintWriter out, PrintWriter err) {
        return new Terminal(
                InputStream.nullInputStream(), out, err, false, false, false, USUAL_COLUMNS, StandardCharsets.UTF_8);
    }

    /** The same of another width. */
    Terminal withColumns(int others) {
        return new Terminal(in, out, err, inIsTerminal, outIsTerminal, errIsTerminal, others, charset);
    }

    /** Says a sentence beside the answers; data in it is made harmless. */
    void say(String sentence) {
        err.println(Style.NONE.plain(sentence));
        err.flush();
    }

    /** The mark of what was cut, which not every character set has. */
    static String cut(Charset charset) {
        return charset.newEncoder().canEncode('…') ? "…" : "~";
    }

    private static PrintWriter writer(PrintStream stream, boolean isTerminal) {
        return new PrintWriter(stream, false, charset(stream, isTerminal));
    }

    // A terminal has its locale's. What a program reads, or a file keeps, is not to depend on who has called it.
    private static Charset charset(PrintStream stream, boolean isTerminal) {
        return isTerminal ? stream.charset() : StandardCharsets.UTF_8;
    }

    // The JDK knows it of standard input and output together only. Where nobody tells, nothing is one.
    private static boolean isTerminal(int descriptor) {
        try {
            Path behind = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return DEVICE.matcher(behind.toString()).matches();
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static int columns(@Nullable String said) {
        if (said != null && NUMBER.matcher(said).matches()) {
            return Integer.parseInt(said);
        }
        String[] size = stty("size").split(" ", -1);
        return size.length == 2 && NUMBER.matcher(size[1]).matches() ? Integer.parseInt(size[1]) : USUAL_COLUMNS;
    }

    /** Asks or tells the terminal something; what it answers, empty if there is none. */
    static String stty(String... arguments) {
        var command = new ArrayList<String>();
        command.add("stty");
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return process.waitFor() == 0 ? answer : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
