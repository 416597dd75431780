package io.rpaworker.payload;

import java.lang.reflect.Array;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/** Arrays of primitives, each of which has to fit: Jackson's own reads them past the deserializer of their type. */
final class FittingArrayDeserializer extends DelegatingDeserializer {

    private final @Nullable ValueDeserializer<Object> elements;

    FittingArrayDeserializer(ValueDeserializer<?> jackson) {
        this(jackson, null);
    }

    private FittingArrayDeserializer(ValueDeserializer<?> jackson, @Nullable ValueDeserializer<Object> elements) {
        super(jackson);
        this.elements = elements;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> jackson) {
        return new FittingArrayDeserializer(jackson, elements);
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        return new FittingArrayDeserializer(
                context.handleSecondaryContextualization(
                        getDelegatee(), property, context.constructType(handledType())),
                context.findContextualValueDeserializer(
                        context.constructType(handledType().getComponentType()), property));
    }

    @Override
    public Object deserialize(JsonParser json, DeserializationContext context) {
        if (elements == null || !json.isExpectedStartArrayToken()) {
            // Jackson takes a single one, where it is told to; text may be an array of bytes.
            if (elements != null && json.currentToken().isScalarValue() && !json.hasToken(JsonToken.VALUE_STRING)) {
                elements.deserialize(json, context);
            }
            return super.deserialize(json, context);
        }
        var values = new ArrayList<Object>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            try {
                values.add(
                        json.hasToken(JsonToken.VALUE_NULL)
                                ? elements.getNullValue(context)
                                : elements.deserialize(json, context));
            } catch (DatabindException e) {
                throw e.prependPath(values, values.size());
            }
        }
        Object array = Array.newInstance(handledType().getComponentType(), values.size());
        for (int i = 0; i < values.size(); i++) {
            Array.set(array, i, values.get(i));
        }
        return array;
    }
}
