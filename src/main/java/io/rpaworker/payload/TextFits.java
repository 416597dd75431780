package io.rpaworker.payload;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.ZoneId;
import java.util.TimeZone;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;

/** What fits types that are written as text, and those that are a single word. */
final class TextFits {

    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?[0-9]+(?:\\.[0-9]*)?\\s*");

    private static final String UNKNOWN_ZONE = "GMT";

    private TextFits() {}

    /** For boolean: true and false, unquoted. */
    static JsonParser truth(JsonParser json, DeserializationContext context, Class<?> type) {
        refuseNumber(json, context, type, "expected true or false");
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            throw context.weirdStringException(json.getString(), type, "expected true or false, unquoted");
        }
        return json;
    }

    /** For char: one character, not its code. */
    static JsonParser character(JsonParser json, DeserializationContext context, Class<?> type) {
        refuseNumber(json, context, type, "expected one character");
        if (json.hasToken(JsonToken.VALUE_STRING) && json.getStringLength() != 1) {
            throw context.weirdStringException(json.getString(), type, "expected one character");
        }
        return json;
    }

    /** For enum constants: a name, never an ordinal. */
    static JsonParser constant(JsonParser json, DeserializationContext context, Class<?> type) {
        refuseNumber(json, context, type, "expected the name of a constant");
        return notBlank(json, context, type);
    }

    /** For java.time.Month, which Jackson also reads by number. */
    static JsonParser month(JsonParser json, DeserializationContext context, Class<?> type) {
        constant(json, context, type);
        if (json.hasToken(JsonToken.VALUE_STRING) && isNumber(json.getString())) {
            throw context.weirdStringException(json.getString(), type, "expected the name of a month");
        }
        return json;
    }

    /** For dates, times, durations: text as in ISO 8601, of which nothing is left out. */
    static JsonParser date(JsonParser json, DeserializationContext context, Class<?> type) {
        String form = "expected text as in ISO 8601";
        refuseNumber(json, context, type, form);
        if (json.hasToken(JsonToken.START_ARRAY)) {
            return context.reportInputMismatch(
                    type, "Cannot deserialize value of type `%s` from an array: %s", type.getName(), form);
        }
        notBlank(json, context, type);
        if (json.hasToken(JsonToken.VALUE_STRING)
                && type != Year.class
                // +02 is an offset.
                && !ZoneId.class.isAssignableFrom(type)
                && isNumber(json.getString())) {
            throw context.weirdStringException(json.getString(), type, form);
        }
        if (json.hasToken(JsonToken.VALUE_STRING) && saysMore(json.getString().strip(), type)) {
            throw context.weirdStringException(json.getString(), type, "it says more than the type holds");
        }
        return json;
    }

    /** For java.util.TimeZone, which takes a zone that it does not know for GMT. */
    static JsonParser zone(JsonParser json, DeserializationContext context, Class<?> type) {
        refuseNumber(json, context, type, "expected the name of a zone");
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            String text = json.getString().strip();
            if (!text.equals(UNKNOWN_ZONE) && TimeZone.getTimeZone(text).getID().equals(UNKNOWN_ZONE)) {
                throw context.weirdStringException(text, type, "there is no such zone");
            }
        }
        return json;
    }

    /** For all that is written as text: some text. */
    static JsonParser notBlank(JsonParser json, DeserializationContext context, Class<?> type) {
        if (json.hasToken(JsonToken.VALUE_STRING) && json.getString().isBlank()) {
            throw context.weirdStringException(json.getString(), type, "expected some text");
        }
        return json;
    }

    // Jackson leaves out the time of a date, the date of a time, and the Z of what has no zone.
    private static boolean saysMore(String text, Class<?> type) {
        if (type == LocalDateTime.class) {
            return text.endsWith("Z");
        }
        return (type == LocalDate.class || type == LocalTime.class) && text.indexOf('T') >= 0;
    }

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    private static void refuseNumber(JsonParser json, DeserializationContext context, Class<?> type, String expected) {
        if (json.hasToken(JsonToken.VALUE_NUMBER_INT) || json.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
            throw context.weirdNumberException(json.getDecimalValue(), type, expected);
        }
    }
}
