package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** One JSON object a line; empty lines are passed over. */
final class JsonLines implements RecordSource {

    private final BufferedReader reader;
    private final AddOptions options;
    private long line;

    JsonLines(Reader reader, AddOptions options) {
        this.reader = new BufferedReader(reader, 1 << 16);
        this.options = options;
    }

    @Override
    public @Nullable NewRecord next() throws IOException {
        String text = text();
        return text == null ? null : JsonLine.read(text, options);
    }

    @Override
    public boolean skip() throws IOException {
        return text() != null;
    }

    private @Nullable String text() throws IOException {
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            line++;
            String said = (line == 1 ? RecordSource.withoutMark(text) : text).strip();
            if (!said.isEmpty()) {
                return said;
            }
        }
        return null;
    }

    @Override
    public long line() {
        return line;
    }
}
