package io.rpaworker.ops.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file that a command writes; {@code -} is standard output. */
final class OutputFile {

    private OutputFile() {}

    /**
     * Writes it, having asked if there is one already.
     *
     * @throws Refusal if it cannot be written
     */
    static void write(Rpa rpa, Path file, Consumer<PrintWriter> content) {
        if (file.toString().equals("-")) {
            content.accept(rpa.terminal().out());
            rpa.terminal().out().flush();
            return;
        }
        if (Files.exists(file)) {
            rpa.confirm("%s is there already. Write over it?".formatted(file));
        }
        try (var out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            content.accept(out);
            if (out.checkError()) {
                throw Refusal.failed("%s could not be written to its end.".formatted(file));
            }
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be written: %s.".formatted(file, reason(e)));
        }
    }

    /** Why a file cannot be read or written. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file or folder";
            case AccessDeniedException denied -> "that is not allowed";
            default -> String.valueOf(e.getMessage());
        };
    }
}
