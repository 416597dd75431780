package io.rpaworker.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.DecimalNode;

/** The table of {@code docs/handlers.md}: what of a payload fits, and what is never bent until it does. */
class PayloadTableTests {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final JsonMapper JSON =
            JsonMapper.builder().findAndAddModules().build();
    private static final JsonMapper PAYLOADS = PayloadJson.like(JSON);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String AN_ENUM = "an enum";
    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            Map.entry("int", int.class),
            Map.entry("long", long.class),
            Map.entry("short", short.class),
            Map.entry("byte", byte.class),
            Map.entry("double", double.class),
            Map.entry("float", float.class),
            Map.entry("boolean", boolean.class),
            Map.entry("char", char.class),
            Map.entry("Integer", Integer.class),
            Map.entry("Long", Long.class),
            Map.entry("Short", Short.class),
            Map.entry("Byte", Byte.class),
            Map.entry("Double", Double.class),
            Map.entry("Float", Float.class),
            Map.entry("Boolean", Boolean.class),
            Map.entry("Character", Character.class),
            Map.entry("BigInteger", BigInteger.class),
            Map.entry("BigDecimal", BigDecimal.class),
            Map.entry("Number", Number.class),
            Map.entry("LocalDate", LocalDate.class),
            Map.entry("LocalDateTime", LocalDateTime.class),
            Map.entry("LocalTime", LocalTime.class),
            Map.entry("Instant", Instant.class),
            Map.entry("OffsetDateTime", OffsetDateTime.class),
            Map.entry("ZonedDateTime", ZonedDateTime.class),
            Map.entry("Duration", Duration.class),
            Map.entry("Year", Year.class),
            Map.entry("Month", Month.class),
            Map.entry("Date", Date.class),
            Map.entry("UUID", UUID.class),
            Map.entry("String", String.class),
            Map.entry("Object", Object.class),
            Map.entry("JsonNode", JsonNode.class),
            Map.entry(AN_ENUM, Grade.class));

    enum Grade {
        GOLD,
        SILVER,
        BRONZE
    }

    record Box<T>(T value) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Held.class, name = "held"))
    sealed interface Holder<T> {}

    record Held<T>(T value, int last) implements Holder<T> {}

    static class Bean {

        private int whole;
        private long large;
        private boolean truth;

        @Override
        public String toString() {
            return whole + " " + large + " " + truth;
        }

        public void setWhole(int whole) {
            this.whole = whole;
        }

        public void setLarge(long large) {
            this.large = large;
        }

        public void setTruth(boolean truth) {
            this.truth = truth;
        }
    }

    static Stream<Arguments> rows() throws IOException {
        return Files.readAllLines(Path.of("docs/handlers.md")).stream()
                .dropWhile(line -> !line.startsWith("| component |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|", -1))
                .flatMap(cells -> (cells[1].strip().equals(AN_ENUM) ? Stream.of(AN_ENUM) : codes(cells[1]))
                        .map(type -> Arguments.of(
                                type, codes(cells[2]).toList(), codes(cells[3]).toList())));
    }

    private static Stream<String> codes(String cell) {
        return CODE.matcher(cell)
                .results()
                .map(it -> it.group(1))
                .filter(it -> !it.startsWith("@") && !it.startsWith("Big") && !it.startsWith("Map"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyRowOfTheTableHoldsWhereverTheComponentStands(String type, List<String> taken, List<String> refused) {
        Class<?> component = Objects.requireNonNull(TYPES.get(type), type);
        for (Place place : places(component)) {
            for (String value : taken) {
                assertThat(decode(place.type(), place.json().formatted(value)))
                        .as("%s in %s", value, place.type())
                        .isNotNull();
            }
            for (String value : refused) {
                assertThatExceptionOfType(InvalidPayloadException.class)
                        .as("%s in %s", value, place.type())
                        .isThrownBy(() -> decode(place.type(), place.json().formatted(value)))
                        .withMessageStartingWith("Payload does not decode");
            }
        }
    }

    private record Place(JavaType type, String json) {}

    private static List<Place> places(Class<?> component) {
        var types = JSON.getTypeFactory();
        var places = new ArrayList<Place>();
        places.add(new Place(types.constructType(component), "%s"));
        places.add(new Place(types.constructArrayType(component), "[%s]"));
        if (!component.isPrimitive()) {
            places.add(new Place(types.constructParametricType(Box.class, component), "{\"value\": %s}"));
            places.add(new Place(types.constructParametricType(List.class, component), "[%s]"));
            places.add(new Place(types.constructParametricType(Optional.class, component), "%s"));
            places.add(new Place(types.constructParametricType(Map.class, String.class, component), "{\"a\": %s}"));
            JavaType holder = types.constructParametricType(Holder.class, component);
            places.add(new Place(holder, "{\"kind\": \"held\", \"value\": %s, \"last\": 1}"));
            // Everything before the kind is buffered, and read from the buffer.
            places.add(new Place(holder, "{\"value\": %s, \"last\": 1, \"kind\": \"held\"}"));
        }
        return places;
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(int.class, "5.0", 5),
                Arguments.of(Integer.class, "5e0", 5),
                Arguments.of(long.class, "9007199254740993.0", 9007199254740993L),
                Arguments.of(long.class, "9.223372036854775807e18", Long.MAX_VALUE),
                Arguments.of(int.class, "-0.0", 0),
                Arguments.of(int.class, "0e2000", 0),
                Arguments.of(byte.class, "-128", (byte) -128),
                Arguments.of(BigInteger.class, "5.0", BigInteger.valueOf(5)),
                Arguments.of(BigInteger.class, "1e30", BigInteger.TEN.pow(30)),
                Arguments.of(BigDecimal.class, "1.50", new BigDecimal("1.50")),
                Arguments.of(BigDecimal.class, "\"1.50\"", new BigDecimal("1.50")),
                Arguments.of(double.class, "0.1", 0.1),
                Arguments.of(double.class, "3.33333333333333333333", 10.0 / 3),
                Arguments.of(double.class, "1e23", 1e23),
                Arguments.of(double.class, "9007199254740992", 9007199254740992.0),
                Arguments.of(double.class, "0", 0.0),
                Arguments.of(double.class, "0e5", 0.0),
                Arguments.of(float.class, "0.1", 0.1f),
                Arguments.of(String.class, "4711", "4711"),
                Arguments.of(String.class, "1.50", "1.50"),
                Arguments.of(String.class, "true", "true"),
                Arguments.of(Object.class, "1.50", new BigDecimal("1.50")),
                Arguments.of(Object.class, "17", 17),
                Arguments.of(Number.class, "1e400", new BigDecimal("1e400")),
                Arguments.of(
                        OffsetDateTime.class,
                        "\"2024-01-01T10:00:00+02:00\"",
                        OffsetDateTime.parse("2024-01-01T10:00:00+02:00")),
                Arguments.of(
                        ZonedDateTime.class,
                        "\"2024-01-01T10:00:00+01:00[Europe/Berlin]\"",
                        ZonedDateTime.parse("2024-01-01T10:00:00+01:00[Europe/Berlin]")),
                Arguments.of(Instant.class, "\"2024-01-01T10:00:00+02:00\"", Instant.parse("2024-01-01T08:00:00Z")),
                Arguments.of(Year.class, "2024", Year.of(2024)),
                Arguments.of(java.time.ZoneOffset.class, "\"+02\"", java.time.ZoneOffset.ofHours(2)),
                Arguments.of(Date.class, "\"2024-01-01T10:00:00Z\"", Date.from(Instant.parse("2024-01-01T10:00:00Z"))),
                Arguments.of(
                        java.util.TimeZone.class, "\"Europe/Berlin\"", java.util.TimeZone.getTimeZone("Europe/Berlin")),
                Arguments.of(java.util.TimeZone.class, "\"GMT\"", java.util.TimeZone.getTimeZone("GMT")),
                Arguments.of(OptionalInt.class, "5.0", OptionalInt.of(5)),
                Arguments.of(OptionalLong.class, "5", OptionalLong.of(5)),
                Arguments.of(OptionalDouble.class, "0.5", OptionalDouble.of(0.5)),
                Arguments.of(Month.class, "\"MARCH\"", Month.MARCH),
                Arguments.of(int[].class, "[5.0, 6]", new int[] {5, 6}),
                Arguments.of(byte[].class, "\"AQI=\"", new byte[] {1, 2}),
                Arguments.of(byte[].class, "[1, 2]", new byte[] {1, 2}),
                Arguments.of(double[].class, "[0.1, 5]", new double[] {0.1, 5}));
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatFitsIsWhatWasThere(Class<?> type, String json, Object value) {
        assertThat(decode(JSON.constructType(type), json)).isEqualTo(value);
    }

    @Test
    void digitsSurviveWhereNoTypeIsSaid() {
        String digits = "12345678901234567890.123456789";

        assertThat(decode(
                        JSON.constructType(new TypeReference<Map<String, Object>>() {}),
                        "{\"n\": [%s]}".formatted(digits)))
                .isEqualTo(Map.of("n", List.of(new BigDecimal(digits))));
        JsonNode node =
                (JsonNode) decode(JSON.constructType(JsonNode.class), "{\"n\": %s, \"m\": 1.50}".formatted(digits));
        assertThat(node.get("n").decimalValue()).isEqualTo(new BigDecimal(digits));
        assertThat(node.get("m").decimalValue()).isEqualTo(new BigDecimal("1.50"));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(OptionalInt.class, List.of("1.9", "\"5\"", "\"\"")),
                Arguments.of(OptionalLong.class, List.of("1.9", "\"5\"")),
                Arguments.of(OptionalDouble.class, List.of("1e400", "\"NaN\"")),
                Arguments.of(AtomicInteger.class, List.of("1.9", "\"5\"", "\"\"")),
                Arguments.of(AtomicLong.class, List.of("1.9", "\"5\"")),
                Arguments.of(AtomicBoolean.class, List.of("0", "\"true\"")),
                Arguments.of(byte.class, List.of("200", "128", "-129")),
                Arguments.of(byte[].class, List.of("[200]", "[1.9]")),
                Arguments.of(int[].class, List.of("[1.9]", "[\"5\"]", "[null]", "[\"\"]", "[[1]]")),
                Arguments.of(boolean[].class, List.of("[0]", "[\"true\"]")),
                Arguments.of(double[].class, List.of("[1e400]", "[\"NaN\"]")),
                Arguments.of(float[].class, List.of("[1e40]")),
                Arguments.of(Month.class, List.of("1", "\"1\"", "\"\"")),
                Arguments.of(
                        Date.class,
                        List.of(
                                "1704103200000",
                                "\"1704103200000\"",
                                "\"\"",
                                "\"2024-02-30\"",
                                "\"2024-01-01T25:00:00Z\"",
                                "\"2024-01-01T10:99:00Z\"",
                                "\"Mon, 31 Feb 2024 10:00:00 GMT\"")),
                Arguments.of(
                        Calendar.class, List.of("1704103200000", "\"\"", "\"2024-02-30\"", "\"2024-01-01T25:00:00Z\"")),
                Arguments.of(java.sql.Timestamp.class, List.of("1704103200000", "\"\"", "\"2024-01-01T25:00:00Z\"")),
                Arguments.of(java.util.TimeZone.class, List.of("5", "\"\"", "\"Mars/Olympus\"", "\"UTC+2\"")),
                Arguments.of(java.time.ZoneId.class, List.of("2", "\"\"", "\"Mars/Olympus\"")),
                Arguments.of(short.class, List.of("32768", "-32769", "32768.0")),
                Arguments.of(java.time.YearMonth.class, List.of("202401", "[2024, 1]", "\"\"")),
                Arguments.of(java.time.MonthDay.class, List.of("101", "\"\"")),
                Arguments.of(java.time.OffsetTime.class, List.of("10", "\"\"")),
                Arguments.of(java.time.Period.class, List.of("1", "\"\"")),
                Arguments.of(java.net.URI.class, List.of("\"\"")),
                Arguments.of(
                        Bean.class,
                        List.of(
                                "{\"whole\": 1.9}",
                                "{\"whole\": \"5\"}",
                                "{\"large\": 1.9}",
                                "{\"large\": \"\"}",
                                "{\"truth\": 0}",
                                "{\"truth\": \"true\"}")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void theBrothersAreRefusedToo(Class<?> type, List<String> values) {
        for (String value : values) {
            assertThatExceptionOfType(InvalidPayloadException.class)
                    .as("%s in %s", value, type)
                    .isThrownBy(() -> decode(JSON.constructType(type), value));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "Integer    | 1.9",
                "Integer | ''",
                "Byte | 200",
                "Double | NaN",
                "Double | 1e400",
                "Double | ''",
                "Float      | 1e40",
                "LocalDate | ''",
                "LocalDate | 2024-01-01T10:00:00Z",
                "Instant | 1704103200",
                "an enum    | 1",
                "an enum | ''",
                "Boolean | 0",
                "UUID | ''",
                "Long | 9223372036854775808",
                "Long | 05",
                "Integer | +5",
                "Short | 40000",
                "Date | -1704103200000",
                "Date | 2024-02-30",
                "Date | 2024-01-01T25:00:00Z",
                "Month | 1",
                "UUID | 1-1-1-1-1"
            })
    void keysOfMapsAreNotBentEither(String type, String key) {
        JavaType map = JSON.getTypeFactory().constructParametricType(Map.class, TYPES.get(type), Object.class);

        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decode(map, "{\"%s\": 1}".formatted(key)));
    }

    @Test
    void keysThatFitAreKeys() {
        assertThat(decode(JSON.constructType(new TypeReference<EnumMap<Grade, Integer>>() {}), "{\"GOLD\": 5.0}"))
                .isEqualTo(Map.of(Grade.GOLD, 5));
        assertThat(decode(JSON.constructType(new TypeReference<Map<LocalDate, Double>>() {}), "{\"2024-01-01\": 0.5}"))
                .isEqualTo(Map.of(LocalDate.of(2024, 1, 1), 0.5));
        assertThat(decode(JSON.constructType(new TypeReference<Map<Double, String>>() {}), "{\"0.5\": 5}"))
                .isEqualTo(Map.of(0.5, "5"));
        assertThat(decode(JSON.constructType(new TypeReference<Map<String, String>>() {}), "{\"\": 5}"))
                .isEqualTo(Map.of("", "5"));
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() ->
                        decode(JSON.constructType(new TypeReference<EnumMap<Grade, Integer>>() {}), "{\"1\": 5}"));
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decode(JSON.constructType(new TypeReference<EnumSet<Grade>>() {}), "[1]"));
    }

    enum Weight {
        LIGHT(1),
        HEAVY(2);

        private final int kilos;

        Weight(int kilos) {
            this.kilos = kilos;
        }

        @JsonValue
        int kilos() {
            return kilos;
        }
    }

    record Asked(
            @JsonFormat(shape = JsonFormat.Shape.NUMBER) @Nullable
            Instant at,

            @JsonFormat(pattern = "dd.MM.yyyy") @Nullable LocalDate on,
            @Nullable Weight weight) {}

    @Test
    void whatAnAuthorAsksForIsTaken() {
        assertThat(decode(
                        JSON.constructType(Asked.class), "{\"at\": 1704103200, \"on\": \"01.02.2024\", \"weight\": 2}"))
                .isEqualTo(new Asked(Instant.ofEpochSecond(1704103200), LocalDate.of(2024, 2, 1), Weight.HEAVY));
    }

    record Said(
            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Instant at,

            @JsonFormat(pattern = "dd.MM.yyyy") @Nullable LocalDate on,
            @JsonFormat(pattern = "yyyyMMdd") @Nullable LocalDate compact,
            @JsonFormat(pattern = "dd.MM.yyyy") @Nullable Date old,
            @JsonFormat(pattern = "SECONDS") @Nullable Duration took,

            @JsonFormat(shape = JsonFormat.Shape.NUMBER) @Nullable
            Instant number,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Integer whole,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            BigDecimal exact,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Double floating,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Boolean truth,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            Grade grade) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"at\": \"2024-01-01T10:00:00Z\"",
                "\"on\": \"29.02.2024\"",
                "\"compact\": \"20240101\"",
                "\"old\": \"29.02.2024\"",
                "\"took\": 300",
                "\"took\": \"PT5M\"",
                "\"number\": 1704103200",
                "\"whole\": \"5\"",
                "\"whole\": 5.0",
                "\"exact\": \"1.50\"",
                "\"floating\": \"0.5\"",
                "\"truth\": \"true\"",
                "\"grade\": \"GOLD\""
            })
    void howAnAuthorSaysThatItLooksIsTaken(String property) {
        assertThat(decode(JSON.constructType(Said.class), "{%s}".formatted(property)))
                .isNotEqualTo(new Said(null, null, null, null, null, null, null, null, null, null, null));
    }

    // As numbers they would be the day 20240101, or 31 February the 29th.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"at\": 1704103200000",
                "\"at\": \"\"",
                "\"at\": \"1704103200\"",
                "\"number\": \"1704103200\"",
                "\"on\": 20240101",
                "\"on\": [2024, 1, 1]",
                "\"on\": \"\"",
                "\"on\": \"31.02.2024\"",
                "\"compact\": 20240101",
                "\"compact\": \"20240231\"",
                "\"old\": 20240101",
                "\"old\": \"31.02.2024\"",
                "\"old\": \"32.01.2024\"",
                "\"old\": \"01.01.2024 and more\"",
                "\"took\": \"\"",
                "\"number\": \"\"",
                "\"whole\": 1.9",
                "\"whole\": \"1.9\"",
                "\"whole\": \"\"",
                "\"exact\": \"\"",
                "\"floating\": \"NaN\"",
                "\"floating\": \"1e400\"",
                "\"floating\": 1e400",
                "\"truth\": 0",
                "\"truth\": \"\"",
                "\"grade\": 1",
                "\"grade\": \"\""
            })
    void whatAnAuthorSaysOfItsLooksBendsNothing(String property) {
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decode(JSON.constructType(Said.class), "{%s}".formatted(property)));
    }

    @SuppressWarnings("ArrayRecordComponent") // as somebody's payload has them
    record Single(
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            int @Nullable [] wholes,

            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            double @Nullable [] floats,

            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            boolean @Nullable [] truths) {}

    record Typed(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) @Nullable
            Integer whole) {}

    @Test
    void aValueWhoseTypeMayBeSaidBesideItHasToFitAsWell() {
        var type = JSON.constructType(Typed.class);

        assertThat(decode(type, "{\"whole\": 5.0}")).isEqualTo(new Typed(5));
        assertThatExceptionOfType(InvalidPayloadException.class).isThrownBy(() -> decode(type, "{\"whole\": 1.9}"));
    }

    // Written out, the number would take all memory there is.
    @Test
    void aNumberThatIsShortAndLongIsRefusedAtOnce() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatExceptionOfType(InvalidPayloadException.class)
                        .isThrownBy(() -> decode(JSON.constructType(BigInteger.class), "1e2000000000"))
                        .withMessageContaining("out of range"));
    }

    @Test
    void aMapperThatIsSetOtherwiseReadsPayloadsTheSame() {
        JsonMapper otherwise = JSON.rebuild()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .enable(EnumFeature.READ_ENUM_KEYS_USING_INDEX)
                .enable(DateTimeFeature.ALWAYS_ALLOW_STRINGIFIED_DATE_TIMESTAMPS)
                .build();

        assertThat(decode(otherwise, JSON.constructType(Weighed.class), "{\"grams\": 1.50, \"new\": 1}"))
                .isEqualTo(new Weighed(DecimalNode.valueOf(new BigDecimal("1.50"))));
        for (JavaType map : List.of(
                JSON.constructType(new TypeReference<Map<Grade, Integer>>() {}),
                JSON.constructType(new TypeReference<Map<Instant, Integer>>() {}))) {
            assertThatExceptionOfType(InvalidPayloadException.class)
                    .isThrownBy(() -> decode(otherwise, map, "{\"1\": 5}"));
        }
    }

    record Weighed(JsonNode grams) {}

    @Test
    void aSingleValueInPlaceOfAnArrayHasToFitAsWell() {
        var type = JSON.constructType(Single.class);

        assertThat(((Single) decode(type, "{\"wholes\": 5.0}")).wholes()).containsExactly(5);
        for (String property : List.of("\"wholes\": 1.9", "\"floats\": 1e400", "\"truths\": 0")) {
            assertThatExceptionOfType(InvalidPayloadException.class)
                    .as(property)
                    .isThrownBy(() -> decode(type, "{%s}".formatted(property)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"value\": 1.9} | Payload does not decode at value: Cannot deserialize value of type `java.lang.Integer`"
                        + " from number 1.9: expected a whole number",
                "{\"value\": \"\"} | Payload does not decode at value: Cannot deserialize value of type `java.lang.Integer`"
                        + " from String \"\": expected a number, unquoted"
            })
    void theReasonSaysWhatWasThereAndWhatWasExpected(String json, String reason) {
        assertThatExceptionOfType(InvalidPayloadException.class)
                .isThrownBy(() -> decode(JSON.getTypeFactory().constructParametricType(Box.class, Integer.class), json))
                .withMessage(reason);
    }

    @Test
    void theMapperOfTheApplicationStaysAsItIs() {
        decode(JSON.constructType(int.class), "5");

        assertThat(JSON.readValue("1.9", Object.class)).isEqualTo(1.9);
        assertThat(JSON.readValue("1", Grade.class)).isEqualTo(Grade.SILVER);
    }

    private static Object decode(JavaType type, String json) {
        return decode(PAYLOADS, type, json);
    }

    private static Object decode(JsonMapper mapper, JavaType type, String json) {
        return new PayloadDecoder<>(mapper, VALIDATOR, type).decode(json);
    }
}
