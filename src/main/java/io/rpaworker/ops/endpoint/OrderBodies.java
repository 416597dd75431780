package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import java.util.Collection;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads what an order says, as JSON. Nothing is bent to fit, and a name that nobody knows is refused: an order with a
 * misspelt filter would be about everything.
 */
@Component
class OrderBodies {

    private final JsonMapper json;

    OrderBodies() {
        json = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(tools.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        it -> it.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    /**
     * Reads an order.
     *
     * @throws Problem if it is no JSON object, or has a name or a value that this order does not have
     */
    <T> T read(String body, Class<T> type) {
        try {
            return Objects.requireNonNull(json.readValue(body, type));
        } catch (UnrecognizedPropertyException e) {
            Collection<Object> known = Objects.requireNonNullElse(e.getKnownPropertyIds(), java.util.List.of());
            var allowed = known.stream().map(String::valueOf).sorted().toList();
            throw Parameters.invalid(
                            e.getPropertyName(),
                            "There is no parameter %s here; there is %s"
                                    .formatted(e.getPropertyName(), String.join(", ", allowed)))
                    .with("allowed", allowed);
        } catch (DatabindException e) {
            String name = e.getPath().isEmpty() ? "" : e.getPath().getLast().getPropertyName();
            throw name == null || name.isEmpty()
                    ? noOrder()
                    : Parameters.invalid(
                            name, "Parameter %s has a value of another type than it can have".formatted(name));
        } catch (JacksonException | NullPointerException e) {
            throw noOrder();
        }
    }

    private static Problem noOrder() {
        return new Problem(Problem.Kind.INVALID_PARAMETER, "An order is one JSON object, as {\"action\": \"...\"}");
    }
}
