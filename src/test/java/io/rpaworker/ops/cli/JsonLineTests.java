package io.rpaworker.ops.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.handler.NewRecord;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What lines and rows mean. */
class JsonLineTests {

    @Test
    void aLineIsThePayloadAsItIsWritten() {
        String line = "{\"n\": 1.10, \"big\": 12345678901234567890.123}";

        assertThat(JsonLine.read(line, false, null)).isEqualTo(NewRecord.of(line));
        assertThat(JsonLine.read(line, false, "n")).isEqualTo(NewRecord.of(line, "1.10"));
    }

    @Test
    void aPayloadMayStandBesideItsKeyAndItsTime() {
        assertThat(JsonLine.read(
                        "{\"key\": \"a\\\"b\", \"payload\": {\"n\": 1e2}, \"available_at\": \"2026-01-01T00:00:00Z\"}",
                        false,
                        null))
                .isEqualTo(new NewRecord("{\"n\": 1e2}", "a\"b", Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void aPayloadThatHasAFieldPayloadAmongOthersIsOne() {
        String line = "{\"payload\": {\"n\": 1}, \"weight\": 3}";

        assertThat(JsonLine.read(line, false, null)).isEqualTo(NewRecord.of(line));
        String only = "{\"payload\": {\"n\": 1}}";
        assertThat(JsonLine.read(only, true, null)).isEqualTo(NewRecord.of(only));
        assertThat(JsonLine.read(only, false, null)).isEqualTo(NewRecord.of("{\"n\": 1}"));
    }

    @Test
    void aKeyFieldIsLookedForInThePayload() {
        assertThat(JsonLine.read("{\"payload\": {\"n\": \"x\"}, \"key\": \"other\"}", false, "n"))
                .isEqualTo(NewRecord.of("{\"n\": \"x\"}", "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonLine.read("{\"m\": 1}", false, "n"))
                .withMessage("it has no field n that could be its key");
    }

    @Test
    void fieldsOfCsvAreTextUnlessTheHeadingSaysOtherwise() throws IOException {
        assertThat(next("\ufeffid,name,n:json\r\n007,\"a, \"\"b\"\"\nc\",5\r\n"))
                .isEqualTo(NewRecord.of("{\"id\":\"007\",\"name\":\"a, \\\"b\\\"\\nc\",\"n\":5}"));
        assertThat(next("n:json\n \n")).isEqualTo(NewRecord.of("{\"n\":null}"));
    }

    @Test
    void aRowOfCsvHasAsManyFieldsAsTheHeading() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> next("a,b\n1\n"))
                .withMessage("it has 1 fields, and the heading has 2");
    }

    private static NewRecord next(String csv) throws IOException {
        var options = new AddOptions();
        options.delimiter = ',';
        return requireNonNull(new CsvRows(new StringReader(csv), options).next());
    }
}
