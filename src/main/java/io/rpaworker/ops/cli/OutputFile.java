package io.rpaworker.ops.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.ToLongFunction;

/** A file that a command writes; {@code -} is standard output. */
final class OutputFile {

    private OutputFile() {}

    /**
     * Writes it, having asked if there is one already. A file is there once it is whole, and only its owner may read
     * it; what was there stays until then, and if there is nothing to be written.
     *
     * @param content writes, and says how many records
     * @return how many
     * @throws Refusal if it cannot be written
     */
    static long write(Rpa rpa, Path file, ToLongFunction<PrintWriter> content) {
        if (file.toString().equals("-")) {
            PrintWriter out = rpa.terminal().out();
            long records = content.applyAsLong(out);
            if (out.checkError()) {
                throw Refusal.failed("Standard output could not be written to its end.");
            }
            return records;
        }
        if (Files.exists(file)) {
            rpa.confirm("%s is there already. Write over it?".formatted(file));
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            // With its owner's rights only: payloads are nobody else's.
            Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new");
            try {
                long records = write(fresh, file, content);
                if (records > 0) {
                    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
                }
                return records;
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be written: %s.".formatted(file, reason(e)));
        }
    }

    private static long write(Path fresh, Path file, ToLongFunction<PrintWriter> content) throws IOException {
        try (var out = new PrintWriter(Files.newBufferedWriter(fresh, StandardCharsets.UTF_8))) {
            long records = content.applyAsLong(out);
            if (out.checkError()) {
                throw Refusal.failed("%s could not be written to its end.".formatted(file));
            }
            return records;
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
