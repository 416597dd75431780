package io.rpaworker.payload;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;

/** Lets through what fits a type, and leaves the reading of it to Jackson. */
final class FittingDeserializer extends DelegatingDeserializer {

    private final Fit fit;

    FittingDeserializer(ValueDeserializer<?> jackson, Fit fit) {
        super(jackson);
        this.fit = fit;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> jackson) {
        return new FittingDeserializer(jackson, fit);
    }

    // Its author may say at the component how the value looks: then that is what fits.
    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        ValueDeserializer<?> contextual = super.createContextual(context, property);
        if (property == null || !(contextual instanceof FittingDeserializer fitting)) {
            return contextual;
        }
        JsonFormat.Value format = property.findPropertyFormat(context.getConfig(), handledType());
        boolean said = format.hasPattern() || (format.hasShape() && format.getShape() != JsonFormat.Shape.ANY);
        return said
                ? new FittingDeserializer(
                        fitting.getDelegatee(), new SaidFit(fit, getDelegatee().logicalType(), format))
                : fitting;
    }

    @Override
    public Object deserialize(JsonParser json, DeserializationContext context) {
        return super.deserialize(fit.checked(json, context, handledType()), context);
    }

    @Override
    public Object deserializeWithType(JsonParser json, DeserializationContext context, TypeDeserializer types) {
        return super.deserializeWithType(fit.checked(json, context, handledType()), context, types);
    }
}
