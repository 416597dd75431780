package io.rpaworker.payload;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.node.BigIntegerNode;

/** What fits numbers: the number that is there, or nothing. */
final class NumberFits {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    // As many as Jackson reads of a number that is written out.
    private static final int MOST_DIGITS = 1_000;
    private static final Set<Class<?>> FLOATING = Set.of(double.class, Double.class, OptionalDouble.class);
    // From here on a double, or a float, has not even all whole numbers.
    private static final double SPARSE_DOUBLES = 0x1p53;
    private static final double SPARSE_FLOATS = 0x1p24;

    private NumberFits() {}

    /** For int, long, short and byte and what holds one of them: 5, and 5.0 as 5. */
    static JsonParser whole(JsonParser json, DeserializationContext context, Class<?> type) {
        number(json, context, type);
        JsonParser whole = json.hasToken(JsonToken.VALUE_NUMBER_FLOAT) ? withoutFraction(json, context, type) : json;
        // Jackson takes 128 to 255 for a byte, and makes negative numbers of them.
        if ((type == byte.class || type == Byte.class) && whole.hasToken(JsonToken.VALUE_NUMBER_INT)) {
            int value = whole.getIntValue();
            if (value != (byte) value) {
                throw context.weirdNumberException(value, type, "expected -128 to 127");
            }
        }
        return whole;
    }

    /** For BigDecimal and BigInteger: a quoted number too, as it is sent by those who do not trust JSON's numbers. */
    static JsonParser exact(JsonParser json, DeserializationContext context, Class<?> type) {
        boolean fractions = type == BigDecimal.class;
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            String text = json.getString();
            if (!(fractions ? DECIMAL : WHOLE).matcher(text).matches()) {
                throw context.weirdStringException(
                        text, type, "expected a %s".formatted(fractions ? "number" : "whole number"));
            }
            return json;
        }
        return fractions ? json : whole(json, context, type);
    }

    /** For Number: any. */
    static JsonParser number(JsonParser json, DeserializationContext context, Class<?> type) {
        if (json.hasToken(JsonToken.VALUE_STRING)) {
            throw context.weirdStringException(json.getString(), type, "expected a number, unquoted");
        }
        return json;
    }

    /** For a year: 2024, also quoted. */
    static JsonParser year(JsonParser json, DeserializationContext context, Class<?> type) {
        return json.hasToken(JsonToken.VALUE_STRING) ? TextFits.date(json, context, type) : whole(json, context, type);
    }

    /**
     * For double and float: fractions are rounded, as 0.1 has to be; not so whole numbers, nor what is out of range.
     */
    static JsonParser floating(JsonParser json, DeserializationContext context, Class<?> type) {
        number(json, context, type);
        if (json.hasToken(JsonToken.VALUE_NUMBER_INT) || json.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
            boolean single = type == float.class || type == Float.class;
            // Not by getFloatValue, after which Jackson has no decimal value any more.
            double held = single ? (float) json.getDoubleValue() : json.getDoubleValue();
            // Only these may have lost something, and cost a second look.
            if (!(Math.abs(held) < (single ? SPARSE_FLOATS : SPARSE_DOUBLES)) || held == 0) {
                BigDecimal value = json.getDecimalValue();
                if (!isHeld(value, held, single)) {
                    throw context.weirdNumberException(value, type, "it does not hold this number");
                }
            }
        }
        return json;
    }

    /** The same for a number in quotes, for any type. */
    static boolean isHeld(String text, Class<?> type) {
        boolean single = type == float.class || type == Float.class;
        if (!DECIMAL.matcher(text).matches()) {
            return false;
        }
        return !(single || FLOATING.contains(type))
                || isHeld(new BigDecimal(text), single ? Float.parseFloat(text) : Double.parseDouble(text), single);
    }

    /** Whether a double, or a float, has the value that is next to it, to the last digit of the whole number. */
    static boolean isHeld(BigDecimal value, double held, boolean single) {
        if (!Double.isFinite(held) || held == 0) {
            return held == 0 && value.signum() == 0;
        }
        if (Math.abs(held) < (single ? SPARSE_FLOATS : SPARSE_DOUBLES)) {
            return true;
        }
        return value.compareTo(new BigDecimal(single ? Float.toString((float) held) : Double.toString(held))) == 0;
    }

    private static JsonParser withoutFraction(JsonParser json, DeserializationContext context, Class<?> type) {
        BigDecimal value = json.getDecimalValue();
        if (value.signum() != 0 && (long) value.precision() - value.scale() > MOST_DIGITS) {
            throw context.weirdNumberException(value, type, "out of range");
        }
        BigInteger whole;
        try {
            whole = value.toBigIntegerExact();
        } catch (ArithmeticException fraction) {
            throw context.weirdNumberException(value, type, "expected a whole number");
        }
        JsonParser rewritten = BigIntegerNode.valueOf(whole).traverse(context);
        rewritten.nextToken();
        return rewritten;
    }
}
