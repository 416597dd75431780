package io.rpaworker.local;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;

/**
 * A CSV file with a header line, in UTF-8, plain or compressed with gzip (its first bytes tell, whatever its name).
 *
 * @param file where it is
 * @param variable what names another file, for messages
 */
record CsvFile(Resource file, String variable) {

    // An empty value without quotes is null, one in quotes is empty.
    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreHeaderCase(true)
            .setNullString("")
            .get();

    private static final int GZIP_MAGIC = 0x1f8b;

    /**
     * Reads all rows.
     *
     * @param columns those that are wanted; in the file they may have any order and others beside them
     * @param rows takes each row's values, in the order of {@code columns}
     * @return how many rows there were
     * @throws LocalRunException if the file cannot be read, or if it is not what it should be; it says where
     */
    int read(List<String> columns, Consumer<@Nullable String[]> rows) {
        try (Reader text = open();
                CSVParser parser = CSVParser.parse(text, FORMAT)) {
            refuseMissing(columns, parser.getHeaderNames());
            int count = 0;
            for (CSVRecord row : parser) {
                refuseIncomplete(row, parser);
                rows.accept(columns.stream().map(row::get).toArray(String[]::new));
                count++;
            }
            return count;
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            throw unreadable(e);
        }
    }

    /** As people know it. */
    String name() {
        return file.getFilename() == null ? file.getDescription() : file.getFilename();
    }

    LocalRunException wrong(String what) {
        return new LocalRunException(
                "%s %s.".formatted(file.getDescription(), what),
                "Name a CSV file with a header line, plain or gzip, in %s; without it the sample is used."
                        .formatted(variable));
    }

    private Reader open() throws IOException {
        if (!file.exists()) {
            throw wrong("does not exist");
        }
        if (file.isFile() && file.getFile().isDirectory()) {
            throw wrong("is a folder");
        }
        var bytes = new BufferedInputStream(file.getInputStream());
        Reader text = new InputStreamReader(
                isGzip(bytes) ? new GZIPInputStream(bytes, 1 << 16) : bytes, StandardCharsets.UTF_8.newDecoder());
        var buffered = new BufferedReader(text, 1 << 16);
        // What some programs put before the first column's name.
        buffered.mark(1);
        if (buffered.read() != '\uFEFF') {
            buffered.reset();
        }
        return buffered;
    }

    private static boolean isGzip(InputStream bytes) throws IOException {
        bytes.mark(2);
        int magic = bytes.read() << 8 | bytes.read();
        bytes.reset();
        return magic == GZIP_MAGIC;
    }

    private void refuseMissing(List<String> columns, List<String> header) {
        List<String> there =
                header.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        if (!there.containsAll(columns)) {
            throw wrong("has the columns %s, but it needs %s"
                    .formatted(String.join(", ", header), String.join(", ", columns)));
        }
    }

    private void refuseIncomplete(CSVRecord row, CSVParser parser) {
        if (!row.isConsistent()) {
            throw wrong("has %d values in line %d, but %d columns"
                    .formatted(
                            row.size(),
                            parser.getCurrentLineNumber(),
                            parser.getHeaderNames().size()));
        }
    }

    private LocalRunException unreadable(Exception e) {
        // The parser's iterator wraps what it meets.
        Throwable cause = e.getCause() instanceof IOException io ? io : e;
        return switch (cause) {
            case EOFException end -> wrong("ends too early: it is cut off, or only its first bytes look like gzip");
            case CharacterCodingException coding -> wrong("is not in UTF-8");
            default -> wrong("cannot be read: " + cause.getMessage());
        };
    }
}
