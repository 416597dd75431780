package io.rpaworker.ops.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How much of a file has been added, beside it in {@code FILE.rpa-progress}. It is written after each transaction: of a
 * process that dies in between, one batch is added again, unless its records have keys.
 *
 * @param flow that it is added to
 * @param size of the file, which is not to change meanwhile
 * @param modifiedMillis the same
 * @param records that have been read and added
 */
record AddedSoFar(String flow, long size, long modifiedMillis, long records) {

    private static final String SUFFIX = ".rpa-progress";

    /** Of a file that nothing has been added of. */
    static AddedSoFar nothing(Path file, String flow) {
        try {
            return new AddedSoFar(
                    flow, Files.size(file), Files.getLastModifiedTime(file).toMillis(), 0);
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be read: %s.".formatted(file, OutputFile.reason(e)));
        }
    }

    static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + SUFFIX);
    }

    /**
     * Where another process was broken off.
     *
     * @return how much it has added; 0 if there was none
     * @throws Refusal if it was about another flow or another content
     */
    long goneBefore(Path file) {
        Path path = beside(file);
        AddedSoFar before = find(path);
        if (before == null || before.records == 0) {
            return 0;
        }
        if (!before.flow.equals(flow) || before.size != size || before.modifiedMillis != modifiedMillis) {
            throw Refusal.failed(
                    "%s says that %,d records of %s were added to flow %s, but the file has changed since, or the flow is another one. Take it away to begin with the first record, or say --skip."
                            .formatted(path, before.records, file, before.flow));
        }
        return before.records;
    }

    private static @Nullable AddedSoFar find(Path path) {
        try {
            return Files.exists(path) ? JsonMapper.shared().readValue(Files.readString(path), AddedSoFar.class) : null;
        } catch (IOException | JacksonException e) {
            throw Refusal.failed("%s cannot be read. Take it away to begin with the first record.".formatted(path));
        }
    }

    /** Keeps how far it has come. */
    void keep(Path file, long now) {
        Path path = beside(file);
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.writeString(
                    fresh, JsonMapper.shared().writeValueAsString(new AddedSoFar(flow, size, modifiedMillis, now)));
            Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be written: %s. %,d records were added; go on with --skip %d."
                    .formatted(path, OutputFile.reason(e), now, now));
        }
    }

    static void forget(Path file) {
        try {
            Files.deleteIfExists(beside(file));
        } catch (IOException e) {
            throw Refusal.failed("Everything was added, but %s cannot be taken away: %s."
                    .formatted(beside(file), OutputFile.reason(e)));
        }
    }
}
