package io.rpaworker.payload;

import java.text.DateFormat;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.ext.jdk8.OptionalDoubleDeserializer;
import tools.jackson.databind.ext.jdk8.OptionalIntDeserializer;
import tools.jackson.databind.ext.jdk8.OptionalLongDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * JSON as payloads are read: what does not fit a type is refused, where Jackson bends it until it does. The table is in
 * {@code docs/handlers.md}. Where Jackson has a switch it is set here; what it has none for is {@link Fit}.
 */
public final class PayloadJson {

    private static final String MODULE = "payload";

    private PayloadJson() {}

    /**
     * A mapper like the given one, which stays as it is, for payloads; one that is for payloads already is the same.
     */
    public static JsonMapper like(JsonMapper json) {
        if (json.registeredModules().stream().anyMatch(it -> it.getModuleName().equals(MODULE))) {
            return json;
        }
        return json.rebuild()
                // Producers may know more than this version: a property that it does not know is no fault.
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(EnumFeature.READ_ENUM_KEYS_USING_INDEX)
                .disable(DateTimeFeature.ALWAYS_ALLOW_STRINGIFIED_DATE_TIMESTAMPS)
                // The offset is the producer's, and says more than the instant.
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .defaultDateFormat(strict(json.deserializationConfig().getDateFormat()))
                .addModule(module())
                .build();
    }

    // The old types take 30 February for 1 March, and 25:00 for 1:00 of the next day.
    private static DateFormat strict(DateFormat dates) {
        var strict = (DateFormat) dates.clone();
        strict.setLenient(false);
        return strict;
    }

    private static SimpleModule module() {
        var module = new SimpleModule(MODULE);
        module.setDeserializerModifier(new FitModifier());
        // Jackson asks no modifier about these unless they come from a module.
        module.addDeserializer(OptionalInt.class, new OptionalIntDeserializer());
        module.addDeserializer(OptionalLong.class, new OptionalLongDeserializer());
        module.addDeserializer(OptionalDouble.class, new OptionalDoubleDeserializer());
        return module;
    }
}
