package io.rpaworker.payload;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Month;
import java.time.Year;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.type.LogicalType;

/** What of JSON one kind of type can hold as it is. Texts that are checked are never null. */
@FunctionalInterface
interface Fit {

    /**
     * Looks at the value that the JSON is at. What is neither text nor a number is left to Jackson, which refuses it.
     *
     * @return what to read the value from
     * @throws tools.jackson.databind.DatabindException if the type cannot hold the value as it is
     */
    JsonParser checked(JsonParser json, DeserializationContext context, Class<?> type);

    /** What fits the type of a deserializer of Jackson's; null where Jackson bends nothing. */
    static @Nullable Fit of(ValueDeserializer<?> deserializer) {
        Class<?> type = deserializer.handledType();
        if (type == BigDecimal.class || type == BigInteger.class) {
            return NumberFits::exact;
        }
        if (type == Number.class) {
            return NumberFits::number;
        }
        if (type == char.class || type == Character.class) {
            return TextFits::character;
        }
        if (type == Year.class || type == Month.class) {
            return type == Year.class ? NumberFits::year : TextFits::month;
        }
        if (type == TimeZone.class) {
            return TextFits::zone;
        }
        LogicalType kind = deserializer.logicalType();
        return kind == null ? null : of(kind);
    }

    private static @Nullable Fit of(LogicalType kind) {
        return switch (kind) {
            case Integer -> NumberFits::whole;
            case Float -> NumberFits::floating;
            case Boolean -> TextFits::truth;
            case DateTime -> TextFits::date;
            case OtherScalar -> TextFits::notBlank;
            default -> null;
        };
    }
}
