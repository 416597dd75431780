package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** A file's records, one after the other. */
interface RecordSource {

    /**
     * The next one.
     *
     * @return null behind the last
     * @throws IllegalArgumentException if it is none
     */
    @Nullable
    NewRecord next() throws IOException;

    /** Passes the next one over without looking what it is; false behind the last. */
    boolean skip() throws IOException;

    /** The line where the last one began. */
    long line();

    static RecordSource of(Reader reader, boolean csv, AddOptions options) throws IOException {
        return csv ? new CsvRows(reader, options) : new JsonLines(reader, options);
    }

    /** Without what some programs write before everything else. */
    static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
