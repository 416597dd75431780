package io.rpaworker.payload;

import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;

/** Keys of maps, which are text whatever they stand for. */
final class FittingKeyDeserializer extends KeyDeserializer {

    private static final Set<String> OLD_DATES = Set.of("java.util.Date", "java.util.Calendar");

    private final Class<?> type;
    private final KeyDeserializer jackson;

    private FittingKeyDeserializer(Class<?> type, KeyDeserializer jackson) {
        this.type = type;
        this.jackson = jackson;
    }

    static KeyDeserializer of(Class<?> type, KeyDeserializer jackson) {
        boolean text = type.isAssignableFrom(String.class) || type == Character.class;
        return text ? jackson : new FittingKeyDeserializer(type, jackson);
    }

    @Override
    public @Nullable Object deserializeKey(String key, DeserializationContext context) {
        if (key.isBlank()) {
            throw context.weirdKeyException(type, key, "expected some text");
        }
        boolean date = OLD_DATES.contains(type.getName());
        if (date && key.chars().allMatch(Character::isDigit)) {
            throw context.weirdKeyException(type, key, "expected text as in ISO 8601");
        }
        if ((type == Double.class || type == Float.class) && !isHeld(key)) {
            throw context.weirdKeyException(type, key, "it does not hold this number");
        }
        Object value = jackson.deserializeKey(key, context);
        // Jackson takes 128 to 255 for a byte, and makes negative numbers of them.
        if (value instanceof Byte number && number < 0 && !key.startsWith("-")) {
            throw context.weirdKeyException(type, key, "expected -128 to 127");
        }
        return value;
    }

    private boolean isHeld(String key) {
        boolean single = type == Float.class;
        return NumberFits.DECIMAL.matcher(key).matches()
                && NumberFits.isHeld(
                        new BigDecimal(key), single ? Float.parseFloat(key) : Double.parseDouble(key), single);
    }
}
