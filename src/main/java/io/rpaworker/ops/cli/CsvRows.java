package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A heading that names the payload's fields, and a row for each record. A field is text, also where it looks like a
 * number: a postcode keeps its zero. {@code n:json} in the heading says that it is written as JSON, such as a number;
 * an empty one is null then.
 */
final class CsvRows implements RecordSource {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String AS_JSON = ":json";

    private final CSVParser parser;
    private final Iterator<CSVRecord> rows;
    private final List<Column> columns = new ArrayList<>();
    private final AddOptions options;
    private long line;

    private record Column(String name, boolean json) {

        static Column of(String heading) {
            String text = RecordSource.withoutMark(heading).strip();
            return text.endsWith(AS_JSON)
                    ? new Column(JSON.writeValueAsString(text.substring(0, text.length() - AS_JSON.length())), true)
                    : new Column(JSON.writeValueAsString(text), false);
        }

        String member(String field) {
            String value = !json ? JSON.writeValueAsString(field) : field.isBlank() ? "null" : field;
            return name + ":" + value;
        }
    }

    CsvRows(Reader reader, AddOptions options) throws IOException {
        this.options = options;
        this.parser = CSVFormat.RFC4180
                .builder()
                .setDelimiter(options.delimiter)
                .setIgnoreEmptyLines(true)
                .get()
                .parse(reader);
        this.rows = parser.iterator();
        CSVRecord heading = row();
        if (heading != null) {
            heading.forEach(it -> columns.add(Column.of(it)));
            if (columns.stream().map(Column::name).distinct().count() < columns.size()) {
                throw new IllegalArgumentException("two columns of the heading have the same name");
            }
        }
    }

    @Override
    public @Nullable NewRecord next() throws IOException {
        CSVRecord row = row();
        if (row == null) {
            return null;
        }
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "it has %d fields, and the heading has %d".formatted(row.size(), columns.size()));
        }
        var members = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            members.add(columns.get(i).member(row.get(i)));
        }
        return JsonLine.payload("{" + String.join(",", members) + "}", options.key);
    }

    @Override
    public boolean skip() throws IOException {
        return row() != null;
    }

    private @Nullable CSVRecord row() throws IOException {
        line = parser.getCurrentLineNumber() + 1;
        try {
            return rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException coding) {
                throw coding;
            }
            throw new IllegalArgumentException("it is not CSV: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("it is not CSV: " + e.getMessage(), e);
        }
    }

    @Override
    public long line() {
        return line;
    }
}
