package io.rpaworker.payload;

import java.time.Month;
import java.util.Set;
import java.util.UUID;
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
        if (TextFits.isNumber(key) && (type == Month.class || OLD_DATES.contains(type.getName()))) {
            throw context.weirdKeyException(
                    type, key, type == Month.class ? "expected the name of a month" : "expected text as in ISO 8601");
        }
        if ((type == Double.class || type == Float.class) && !NumberFits.isHeld(key, type)) {
            throw context.weirdKeyException(type, key, "it does not hold this number");
        }
        Object value = jackson.deserializeKey(key, context);
        // Jackson takes 128 to 255 for a byte, and makes negative numbers of them; 5 and 05 would be one key.
        if (isWhole(value) && !String.valueOf(value).equalsIgnoreCase(key)) {
            throw context.weirdKeyException(type, key, "written out it is %s".formatted(value));
        }
        return value;
    }

    private static boolean isWhole(@Nullable Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || value instanceof UUID;
    }
}
