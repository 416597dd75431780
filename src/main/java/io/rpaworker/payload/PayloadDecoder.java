package io.rpaworker.payload;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.lang.reflect.Modifier;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns a payload's JSON into what the handler asks for.
 *
 * @param <P> the payload
 */
public final class PayloadDecoder<P> {

    private final ObjectReader reader;
    private final Validator validator;
    private final boolean constrained;

    public PayloadDecoder(JsonMapper json, Validator validator, JavaType payload) {
        this.reader = PayloadJson.like(json).readerFor(payload);
        this.validator = validator;
        // A subclass may have constraints that its parent has not.
        Class<?> type = payload.getRawClass();
        this.constrained = !Modifier.isFinal(type.getModifiers())
                || validator.getConstraintsForClass(type).isBeanConstrained();
    }

    private PayloadDecoder(ObjectReader reader, Validator validator, boolean constrained) {
        this.reader = reader;
        this.validator = validator;
        this.constrained = constrained;
    }

    /** The same for what people write: a property that the type does not have is a mistake of theirs. */
    public PayloadDecoder<P> strict() {
        return new PayloadDecoder<>(
                reader.with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES), validator, constrained);
    }

    /**
     * Decodes and validates.
     *
     * @throws InvalidPayloadException if the JSON does not fit, or if a constraint does not hold; it says which
     */
    public P decode(String payload) {
        P decoded;
        try {
            decoded = reader.readValue(payload);
        } catch (UnrecognizedPropertyException e) {
            throw new InvalidPayloadException(
                    "Payload has '%s', which is none of %s".formatted(e.getPropertyName(), e.getKnownPropertyIds()), e);
        } catch (JacksonException e) {
            throw new InvalidPayloadException(
                    "Payload does not decode%s: %s".formatted(place(e), e.getOriginalMessage()), e);
        }
        if (decoded == null) {
            throw new InvalidPayloadException("Payload does not decode: it is null", null);
        }
        if (constrained) {
            validate(decoded);
        }
        return decoded;
    }

    private void validate(P decoded) {
        var violations = validator.validate(decoded);
        if (!violations.isEmpty()) {
            throw new InvalidPayloadException(
                    violations.stream()
                            .map(PayloadDecoder::text)
                            .sorted()
                            .collect(Collectors.joining(", ", "Payload is not valid: ", "")),
                    null);
        }
    }

    private static String place(JacksonException failure) {
        var place = new StringBuilder();
        for (var step : failure.getPath()) {
            String property = step.getPropertyName();
            place.append(property == null ? "[" + step.getIndex() + "]" : (place.isEmpty() ? "" : ".") + property);
        }
        return place.isEmpty() ? "" : " at " + place;
    }

    private static String text(ConstraintViolation<?> violation) {
        return violation.getPropertyPath() + " " + violation.getMessage();
    }
}
