package io.rpaworker.ops.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.handler.NewRecord;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What lines and rows mean. */
class JsonLineTests {

    @Test
    void aLineIsThePayloadAsItIsWritten() {
        String line = "{\"n\": 1.10, \"big\": 12345678901234567890.123}";

        assertThat(read(line, false, null)).isEqualTo(NewRecord.of(line));
        assertThat(read(line, false, "n")).isEqualTo(NewRecord.of(line, "1.10"));
    }

    @Test
    void aPayloadMayStandBesideItsKeyAndItsTime() {
        assertThat(read(
                        "{\"key\": \"a\\\"b\", \"payload\": {\"n\": 1e2}, \"available_at\": \"2026-01-01T00:00:00Z\"}",
                        false,
                        null))
                .isEqualTo(new NewRecord("{\"n\": 1e2}", "a\"b", Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void aPayloadThatHasAFieldPayloadAmongOthersIsOne() {
        String line = "{\"payload\": {\"n\": 1}, \"weight\": 3}";

        assertThat(read(line, false, null)).isEqualTo(NewRecord.of(line));
        String only = "{\"payload\": {\"n\": 1}}";
        assertThat(read(only, true, null)).isEqualTo(NewRecord.of(only));
        assertThat(read(only, false, null)).isEqualTo(NewRecord.of("{\"n\": 1}"));
    }

    @Test
    void aKeyFieldIsLookedForInThePayload() {
        assertThat(read("{\"payload\": {\"n\": \"x\"}, \"key\": \"other\"}", false, "n"))
                .isEqualTo(NewRecord.of("{\"n\": \"x\"}", "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("{\"m\": 1}", false, "n"))
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

    @Test
    void aLineOfAnotherFlowOrOfWhatIsDoneIsRefused() {
        String other = "{\"id\":1,\"flow\":\"g\",\"key\":null,\"status\":\"pending\",\"payload\":{}}";
        String done = "{\"id\":1,\"flow\":\"f\",\"key\":null,\"status\":\"completed\",\"payload\":{}}";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(other, false, null))
                .withMessage("it is of flow g, not f");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(done, false, null))
                .withMessage("it is completed, and would be processed again; say --any-status if that is meant");
        assertThat(read(done, true, null)).isEqualTo(NewRecord.of(done));
    }

    @Test
    void aPayloadThatIsNoObjectIsRefused() {
        for (String payload : List.of("[1]", "5", "\"text\"")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> read("{\"payload\": %s, \"key\": \"a\"}".formatted(payload), false, null))
                    .withMessage(
                            "its payload is no JSON object, which alone is processed; say --plain if the whole line"
                                    + " is the payload");
            // The whole line of an export is nobody's payload.
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> read("{\"payload\": %s, \"status\": \"pending\"}".formatted(payload), false, null))
                    .withMessage("its payload is no JSON object, which alone is processed");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("{\"id\": 4, \"payload\": null}", false, null))
                .withMessageStartingWith("it has no payload");
    }

    private static NewRecord read(String line, boolean plain, @Nullable String key) {
        var options = new AddOptions();
        options.flow = "f";
        options.plain = plain;
        options.key = key;
        return JsonLine.read(line, options);
    }

    private static NewRecord next(String csv) throws IOException {
        var options = new AddOptions();
        options.delimiter = ',';
        return requireNonNull(new CsvRows(new StringReader(csv), options).next());
    }
}
