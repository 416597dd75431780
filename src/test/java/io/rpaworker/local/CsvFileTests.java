package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.FileSystemResource;

class CsvFileTests {

    private static final List<String> COLUMNS = List.of("id", "answer");
    private static final String TEXT = """
            "id","answer"
            "1","yes"
            "2","no, ""never""
            again"
            """;

    @TempDir
    Path folder;

    @Test
    void plainFileIsRead() throws IOException {
        assertThat(rows(write("a.csv", TEXT)))
                .containsExactly(List.of("1", "yes"), List.of("2", "no, \"never\"\nagain"));
    }

    @Test
    void gzipIsReadWhateverItsName() throws IOException {
        assertThat(rows(write("a.csv.gz", gzip(TEXT)))).hasSize(2);
        assertThat(rows(write("a.csv", gzip(TEXT)))).hasSize(2);
    }

    @Test
    void plainFileIsReadWhateverItsName() throws IOException {
        assertThat(rows(write("a.csv.gz", TEXT))).hasSize(2);
    }

    @Test
    void columnsMayHaveAnyOrderAndOthersBesideThem() throws IOException {
        assertThat(rows(write("a.csv", "\uFEFFANSWER,more,Id\nyes,x,1\n"))).containsExactly(List.of("1", "yes"));
    }

    @Test
    void valueThatIsNotThereIsNull() throws IOException {
        assertThat(rows(write("a.csv", "id,answer\n1,\n2,\" \"\n")))
                .containsExactly(Arrays.asList("1", null), List.of("2", " "));
    }

    @Test
    void headerAloneHasNoRows() throws IOException {
        assertThat(rows(write("a.csv", "id,answer\n"))).isEmpty();
    }

    @Test
    void missingColumnIsNamed() throws IOException {
        refused(write("a.csv", "id,reply\n1,yes\n"), "has the columns id, reply, but it needs id, answer.");
        refused(write("a.csv", "1,yes\n"), "has the columns 1, yes, but it needs id, answer.");
        refused(write("a.csv", ""), "has the columns , but it needs id, answer.");
    }

    @Test
    void rowThatIsTooShortIsNamed() throws IOException {
        refused(write("a.csv", "id,answer\n1,yes\n2\n"), "has 1 values in line 3, but 2 columns.");
    }

    @Test
    void whatCannotBeReadIsSaid() throws IOException {
        refused(folder.resolve("none.csv"), "does not exist.");
        refused(folder, "is a folder.");
        refused(write("a.csv", new byte[] {'i', 'd', '\n', (byte) 0xe4, 'x'}), "is not in UTF-8.");
        refused(write("a.csv", "id,answer\n1,\"yes\n"), "cannot be read: ");
        byte[] whole = gzip(TEXT);
        refused(write("a.csv.gz", Arrays.copyOf(whole, whole.length / 2)), "ends too early");
    }

    private static void refused(Path path, String message) {
        assertThatExceptionOfType(LocalRunException.class)
                .isThrownBy(() -> rows(path))
                .withMessageContainingAll(path.toString(), message)
                .satisfies(it -> assertThat(it.action()).contains("RPA_LOCAL_ANY"));
    }

    private static List<List<@Nullable String>> rows(Path path) {
        var rows = new ArrayList<List<@Nullable String>>();
        new CsvFile(new FileSystemResource(path), "RPA_LOCAL_ANY").read(COLUMNS, row -> rows.add(Arrays.asList(row)));
        return rows;
    }

    private Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
