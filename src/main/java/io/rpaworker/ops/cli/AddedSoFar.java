package io.rpaworker.ops.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How much of a file has been added, beside it in {@code FILE.rpa-progress}. It is written after each transaction: of a
 * process that dies in between, one batch is added again, unless its records have keys. It is locked meanwhile, so that
 * two processes do not add the same file.
 */
final class AddedSoFar implements AutoCloseable {

    private static final String SUFFIX = ".rpa-progress";
    private static final int LARGEST = 1 << 16;

    private final Path file;
    private final Path path;
    private final Note nothing;
    private final FileChannel channel;

    /**
     * What is written.
     *
     * @param flow that the file is added to
     * @param size of the file, which is not to change meanwhile
     * @param modifiedMillis the same
     * @param records that have been read and added
     */
    record Note(String flow, long size, long modifiedMillis, long records) {}

    private AddedSoFar(Path file, Note nothing, FileChannel channel) {
        this.file = file;
        this.path = beside(file);
        this.nothing = nothing;
        this.channel = channel;
    }

    /**
     * Begins to add a file, or to go on.
     *
     * @throws Refusal if the file cannot be read, if no note can be written beside it, or if another process adds it
     */
    static AddedSoFar of(Path file, String flow) {
        Note nothing = nothing(file, flow);
        FileChannel channel = open(file);
        try {
            if (channel.tryLock() != null) {
                return new AddedSoFar(file, nothing, channel);
            }
            channel.close();
        } catch (OverlappingFileLockException e) {
            close(channel);
        } catch (IOException e) {
            close(channel);
            throw unwritable(file, e);
        }
        throw Refusal.failed("Another process is adding %s at this moment. Nothing was added.".formatted(file));
    }

    private static Note nothing(Path file, String flow) {
        try {
            return new Note(
                    flow, Files.size(file), Files.getLastModifiedTime(file).toMillis(), 0);
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be read: %s.".formatted(file, OutputFile.reason(e)));
        }
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(
                    beside(file), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static Refusal unwritable(Path file, IOException e) {
        return Refusal.failed(
                "%s, which is to say how far it has come, cannot be written: %s. Nothing was added. Let this user write there, or add it from standard input, which needs no such file: rpa queue add - < %s"
                        .formatted(beside(file), OutputFile.reason(e), file));
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read, if at all.
        }
    }

    static Path beside(Path file) {
        return file.resolveSibling(file.getFileName() + SUFFIX);
    }

    /** Of the file, in bytes. */
    long size() {
        return nothing.size;
    }

    /**
     * Where another process was broken off.
     *
     * @return how much it has added; 0 if there was none
     * @throws Refusal if it was about another flow or another content
     */
    long goneBefore() {
        Note before = find();
        if (before == null || before.records == 0) {
            return 0;
        }
        if (!before.flow.equals(nothing.flow)
                || before.size != nothing.size
                || before.modifiedMillis != nothing.modifiedMillis) {
            throw Refusal.failed(
                    "%s says that %,d records of %s were added to flow %s, but the file has changed since, or the flow is another one. Take it away to begin with the first record, or say --skip."
                            .formatted(path, before.records, file, before.flow));
        }
        return before.records;
    }

    private @Nullable Note find() {
        try {
            var bytes = ByteBuffer.allocate((int) Math.min(LARGEST, channel.size()));
            channel.read(bytes, 0);
            return bytes.position() == 0 ? null : JsonMapper.shared().readValue(bytes.array(), Note.class);
        } catch (IOException | JacksonException e) {
            throw Refusal.failed("%s cannot be read. Take it away to begin with the first record.".formatted(path));
        }
    }

    /** Keeps how far it has come; 0 means that nothing is added any more of what was said before. */
    void keep(long records) {
        var note = new Note(nothing.flow, nothing.size, nothing.modifiedMillis, records);
        byte[] bytes = records == 0
                ? new byte[0]
                : JsonMapper.shared().writeValueAsString(note).getBytes(StandardCharsets.UTF_8);
        try {
            // In place, since another file would not be locked.
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be written: %s. %,d records were added; go on with --skip %d."
                    .formatted(path, OutputFile.reason(e), records, records));
        }
    }

    /** Everything was added. */
    void forget() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw Refusal.failed(
                    "Everything was added, but %s cannot be taken away: %s.".formatted(path, OutputFile.reason(e)));
        }
    }

    /** Takes the note away if it says nothing. */
    @Override
    public void close() {
        try (channel) {
            if (channel.size() == 0) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // What it says is written, and an empty one does no harm.
        }
    }
}
