package io.rpaworker.queue.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.flow.Partition;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

class QueueIntakeTests {

    private static final RpaDb DB = Postgres.migrated();

    private final QueueParts queue = QueueParts.over(DB);
    private final RecordIntake intake = queue.intake();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void addsPendingRecordsAndCountsThem() {
        assertThat(intake.add("f", List.of(NewRecord.of("{\"n\": 1}"), NewRecord.of("{\"n\": 2}", "two"))))
                .isEqualTo(2);

        assertThat(DB.count("f", "pending")).isEqualTo(2);
        assertThat(DB.column(1, "payload::text", String.class)).isEqualTo("{\"n\": 1}");
        assertThat(DB.nullableColumn(1, "record_key", String.class)).isNull();
        assertThat(DB.column(2, "record_key", String.class)).isEqualTo("two");
        assertThat(intake.add("f", List.of())).isZero();
    }

    @Test
    void aKeyThatOccursTwiceIsAddedOnce() {
        assertThat(intake.add("f", List.of(NewRecord.of("{\"n\": 1}", "k"), NewRecord.of("{\"n\": 2}", "k"))))
                .isEqualTo(1);
        assertThat(intake.add("f", List.of(NewRecord.of("{\"n\": 3}", "k"), NewRecord.of("{}", "other"))))
                .isEqualTo(1);
        assertThat(intake.add("g", List.of(NewRecord.of("{}", "k")))).isEqualTo(1);

        assertThat(DB.column(1, "payload ->> 'n'", String.class)).isEqualTo("1");
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void recordsAreClaimedInTheOrderOfTheListHoweverManyThereAre(boolean keyed) {
        DB.insertReplica("a");
        assertThat(intake.add("f", numbered(12_500, keyed))).isEqualTo(12_500);

        Claim claim =
                queue.claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 12_500, 16_000_000, null, Partition.ALL));

        assertThat(claim.records())
                .extracting(ClaimedRecord::payload)
                .containsExactlyElementsOf(IntStream.range(0, 12_500)
                        .mapToObj("{\"n\": %d}"::formatted)
                        .toList());
    }

    @Test
    void aRecordWaitsUntilItIsAvailable() {
        intake.add("f", List.of(new NewRecord("{}", null, Instant.parse("2100-01-01T00:00:00Z")), NewRecord.of("{}")));

        assertThat(DB.column(1, "available_at = timestamptz '2100-01-01 00:00:00+00'", Boolean.class))
                .isTrue();
        assertThat(DB.column(2, "available_at <= now()", Boolean.class)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void aFlowsNameHasUpToAHundredCharacters(int length) {
        assertThat(intake.add("ü".repeat(length), List.of(NewRecord.of("{}")))).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void refusesAFlowsNameOfAnotherLength(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> intake.add("f".repeat(length), List.of(NewRecord.of("{}"))))
                .withMessageContaining("1 to 100 characters");
    }

    @Test
    void refusesAFlowsNameThatIsBlankOrNoText() {
        for (String flow : List.of(" ", "f\0", "f\ud800")) {
            assertThatIllegalArgumentException().isThrownBy(() -> intake.add(flow, List.of(NewRecord.of("{}"))));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1]                 | is not a JSON object",
                "17                  | is not a JSON object",
                "null                | is not a JSON object",
                "``                  | is not a JSON object",
                "{}{}                | something follows",
                "{} 1                | something follows",
                "{} x                | is not JSON",
                "{                   | is not JSON",
                "{'a': 1}            | is not JSON",
                "{\"a\": NaN}        | is not JSON",
                "{\"a\": \"\\u0000\"} | NUL or half a surrogate",
                "{\"\\u0000\": 1}    | NUL or half a surrogate",
                "{\"a\": [\"\\ud800\"]} | NUL or half a surrogate",
                "{\"a\": {\"\\udc00\": 1}} | NUL or half a surrogate"
            })
    void refusesWhatIsNotOneStorableObjectAndSaysWhich(String payload, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> intake.add("f", List.of(NewRecord.of("{}"), NewRecord.of(payload))))
                .withMessageContaining("Record 1")
                .withMessageContaining(reason);

        assertThat(DB.count("f", "pending")).isZero();
    }

    @Test
    void refusesAKeyThatIsEmptyOrNoText() {
        for (String key : List.of("", "k\0", "k\ud800")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> intake.add("f", List.of(NewRecord.of("{}", key))))
                    .withMessageContaining("Record 0: its key");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e131071", "-1.5E+2000", "1e-16000", "1e0001001", "1e99999999999999999999"})
    void refusesANumberThatIsEndlessWrittenOut(String number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> intake.add("f", List.of(NewRecord.of("{\"a\": [%s]}".formatted(number)))))
                .withMessageContaining("Record 0: a number has more than 1000 digits")
                .withMessageContaining(number.substring(0, 8));
    }

    @Test
    void refusesAPayloadThatIsLargerThanAWorkerReads() {
        var small =
                QueueParts.over(DB.workerDataSource(), new PayloadLimit(1_000)).intake();
        String wide = "{\"a\": \"%s\"}".formatted("\u20ac".repeat(331));
        String numbers = "{\"a\": [%s1]}".formatted("1e100,".repeat(9));

        assertThat(small.add(
                        "f",
                        List.of(NewRecord.of(numbers), NewRecord.of("{\"a\": \"%s\"}".formatted("x".repeat(900))))))
                .isEqualTo(2);
        for (String large :
                List.of(wide, numbers.replace("[", "[1e100,"), "{\"a\": \"%s\"}".formatted("x".repeat(992)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> small.add("f", List.of(NewRecord.of("{}"), NewRecord.of(large))))
                    .withMessageContaining("Record 1: its payload is")
                    .withMessageContaining("at most 1000");
        }
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    @Test
    void storesAllThatJsonAllows() {
        String payload = "{\"a\": [1, 1e400, -0.5, null, true, \"\\ud83d\\ude00 \\\" \\n\"], \"b\": {\"c\": {}}}";

        assertThat(intake.add("f", List.of(NewRecord.of(payload)))).isEqualTo(1);

        assertThat(DB.column(1, "payload #>> '{a, 5}'", String.class)).isEqualTo("\ud83d\ude00 \" \n");
    }

    @Test
    void noCharacterEndsARecordBeforeItsTime() {
        String flow = "\\.\tf\n\\N";
        String payload = "{\t\"a\\\\b\\t\\n\\r\":\r\n\"\\u005c.\"}";

        assertThat(intake.add(flow, List.of(NewRecord.of(payload), NewRecord.of(payload))))
                .isEqualTo(2);

        assertThat(DB.count(flow, "pending")).isEqualTo(2);
        assertThat(DB.column(1, "payload ->> E'a\\\\b\\t\\n\\r'", String.class)).isEqualTo("\\.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addsAllOrNone(boolean keyed) {
        DB.jdbc()
                .sql(
                        "alter table processing_queue add constraint refuse check (payload ->> 'n' is distinct from '12000')")
                .update();
        try {
            assertThatException()
                    .isThrownBy(() -> intake.add("f", numbered(12_500, keyed)))
                    .isInstanceOf(DataIntegrityViolationException.class);
        } finally {
            DB.jdbc().sql("alter table processing_queue drop constraint refuse").update();
        }

        assertThat(DB.count("f", "pending")).isZero();
        // The connection is as good as before.
        assertThat(intake.add("f", numbered(1, keyed))).isOne();
    }

    // Each statement adds a row to the flow's total; one for all would outgrow what PostgreSQL takes at once.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void largePayloadsAreSpreadOverStatements(boolean keyed) {
        String payload = "{\"text\": \"%s\"}".formatted("x".repeat(1024 * 1024));
        List<NewRecord> records = IntStream.range(0, 20)
                .mapToObj(n -> new NewRecord(payload, keyed ? "k" + n : null, null))
                .toList();

        assertThat(intake.add("f", records)).isEqualTo(20);

        assertThat(DB.jdbc()
                        .sql("select records from queue_total where flow_name = 'f' order by records")
                        .query(Integer.class)
                        .list())
                .containsExactly(4, 16);
    }

    @Test
    void takesPartInTheCallersTransaction() {
        queue.transaction().executeWithoutResult(status -> {
            assertThat(intake.add("f", List.of(NewRecord.of("{}")))).isEqualTo(1);
            status.setRollbackOnly();
        });

        assertThat(DB.count("f", "pending")).isZero();
    }

    private static List<NewRecord> numbered(int records, boolean keyed) {
        return IntStream.range(0, records)
                .mapToObj(n -> new NewRecord("{\"n\": %d}".formatted(n), keyed ? "k" + n : null, null))
                .toList();
    }
}
