package io.rpaworker.ops.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** With which parameters a run is started. */
final class ParameterOptions {

    // As it is written: no number becomes another one, and of two of one name none is lost.
    private static final ObjectReader JSON = JsonMapper.shared()
            .reader()
            .with(
                    DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
                    DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Option(
            names = "--param",
            paramLabel = "KEY=VALUE",
            description = "One parameter; may be given several times. What is JSON is taken as JSON, all else as text.")
    private List<String> single = List.of();

    @Option(names = "--parameters", paramLabel = "JSON", description = "All parameters, as one JSON object.")
    private @Nullable String object;

    /**
     * All of them.
     *
     * @throws Refusal if they make no sense
     */
    ObjectNode all() {
        ObjectNode all = object == null ? JsonMapper.shared().createObjectNode() : object(object);
        single.forEach(it -> add(all, it));
        return all;
    }

    private static ObjectNode object(String text) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode it) {
                return it;
            }
        } catch (JacksonException e) {
            throw Refusal.usage("--parameters is not JSON: %s.".formatted(e.getOriginalMessage()));
        }
        throw Refusal.usage("--parameters is one JSON object, like {\"day\": \"2026-11-30\"}.");
    }

    private static void add(ObjectNode all, String parameter) {
        int end = parameter.indexOf('=');
        if (end < 1) {
            throw Refusal.usage("--param is KEY=VALUE, like day=2026-11-30; %s is not.".formatted(parameter));
        }
        String key = parameter.substring(0, end);
        if (all.has(key)) {
            throw Refusal.usage("Parameter %s is given twice.".formatted(key));
        }
        all.set(key, value(parameter.substring(end + 1)));
    }

    private static JsonNode value(String text) {
        try {
            JsonNode read = JSON.readTree(text);
            return read.isMissingNode() ? StringNode.valueOf(text) : read;
        } catch (JacksonException e) {
            return StringNode.valueOf(text);
        }
    }
}
