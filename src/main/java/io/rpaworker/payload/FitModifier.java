package io.rpaworker.payload;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.jdk.EnumDeserializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.ReferenceType;

/** Has what Jackson's own deserializers read checked first. Those that a handler's author wrote know what they take. */
final class FitModifier extends ValueDeserializerModifier {

    private static final long serialVersionUID = 1L;

    @Override
    public ValueDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
        return fitting(deserializer, isJacksons(deserializer) ? Fit.of(deserializer) : null);
    }

    @Override
    public ValueDeserializer<?> modifyEnumDeserializer(
            DeserializationConfig config,
            JavaType type,
            BeanDescription.Supplier bean,
            ValueDeserializer<?> deserializer) {
        Fit month = Fit.of(deserializer);
        if (month != null) {
            return fitting(deserializer, month);
        }
        AnnotatedMember value = bean.get().findJsonValueAccessor();
        boolean number = value != null
                && (value.getType().isPrimitive() || value.getType().isTypeOrSubTypeOf(Number.class));
        return fitting(
                deserializer,
                deserializer instanceof EnumDeserializer ? number ? TextFits::notBlank : TextFits::constant : null);
    }

    // OptionalInt and the like, but not Optional, whose content has a deserializer of its own.
    @Override
    public ValueDeserializer<?> modifyReferenceDeserializer(
            DeserializationConfig config,
            ReferenceType type,
            BeanDescription.Supplier bean,
            ValueDeserializer<?> deserializer) {
        return modifyDeserializer(config, bean, deserializer);
    }

    @Override
    public ValueDeserializer<?> modifyArrayDeserializer(
            DeserializationConfig config,
            ArrayType type,
            BeanDescription.Supplier bean,
            ValueDeserializer<?> deserializer) {
        boolean primitives =
                type.getContentType().isPrimitive() && !type.getContentType().hasRawClass(char.class);
        return primitives && isJacksons(deserializer) ? new FittingArrayDeserializer(deserializer) : deserializer;
    }

    @Override
    public KeyDeserializer modifyKeyDeserializer(DeserializationConfig config, JavaType type, KeyDeserializer keys) {
        return keys == null || !isJacksons(keys) ? keys : FittingKeyDeserializer.of(type.getRawClass(), keys);
    }

    private static ValueDeserializer<?> fitting(ValueDeserializer<?> deserializer, @Nullable Fit fit) {
        return fit == null ? deserializer : new FittingDeserializer(deserializer, fit);
    }

    private static boolean isJacksons(Object deserializer) {
        return deserializer.getClass().getName().startsWith("tools.jackson.databind.");
    }
}
