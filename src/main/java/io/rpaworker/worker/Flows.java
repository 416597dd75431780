package io.rpaworker.worker;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Source;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** The flows that this replica processes: each has one handler bean and is enabled. */
@Component
@EnableConfigurationProperties({RpaProperties.class, WorkerProperties.class})
class Flows {

    private final Set<String> known;
    private final List<Flow<?, ?>> enabled;

    /**
     * Puts handlers and configuration together.
     *
     * @throws FlowConfigurationException if they do not fit, naming the flow and what to change
     */
    Flows(ListableBeanFactory beans, RpaProperties properties, JsonMapper json, Validator validator) {
        Map<String, FlowHandler<?, ?>> byFlow = byFlow(beans);
        refuseUnknown(byFlow, properties);
        this.known = Set.copyOf(byFlow.keySet());
        // Once for all flows: each mapper has its own deserializers.
        JsonMapper payloads = PayloadJson.like(json);
        this.enabled = byFlow.values().stream()
                .<Flow<?, ?>>map(handler -> flow(handler, properties, payloads, validator))
                .filter(flow -> flow.settings().enabled())
                .toList();
    }

    /** Those whose records are taken from the queue. */
    List<Flow<?, ?>> distributed() {
        return enabled.stream()
                .filter(flow -> flow.settings().mode() == FlowSettings.Mode.DISTRIBUTED)
                .toList();
    }

    /** Those that this replica is to process, from the queue or not. */
    Set<String> enabled() {
        return enabled.stream().map(Flow::name).collect(Collectors.toUnmodifiableSet());
    }

    /** Every flow that has a handler, enabled or not. */
    Set<String> known() {
        return known;
    }

    /** Every flow whose records are taken from the queue, and its cleanup timeout. */
    Map<String, Duration> cleanupTimeouts() {
        return distributed().stream()
                .collect(Collectors.toMap(Flow::name, flow -> flow.settings().cleanupTimeout()));
    }

    private static Map<String, FlowHandler<?, ?>> byFlow(ListableBeanFactory beans) {
        var byFlow = new TreeMap<String, FlowHandler<?, ?>>();
        for (FlowHandler<?, ?> handler : beans.getBeansOfType(FlowHandler.class).values()) {
            String flow = handler.flow();
            if (flow.isBlank() || flow.length() > 100) {
                throw new FlowConfigurationException(
                        "%s has the flow '%s'".formatted(nameOf(handler), flow),
                        "A flow's name has 1 to 100 characters.");
            }
            FlowHandler<?, ?> other = byFlow.putIfAbsent(flow, handler);
            if (other != null) {
                throw new FlowConfigurationException(
                        "Flow '%s' has two handlers: %s and %s".formatted(flow, nameOf(other), nameOf(handler)),
                        "Remove one of them, or give it another flow().");
            }
        }
        return byFlow;
    }

    private static void refuseUnknown(Map<String, FlowHandler<?, ?>> byFlow, RpaProperties properties) {
        for (String flow : new TreeSet<>(properties.flows().keySet())) {
            if (byFlow.containsKey(flow)) {
                continue;
            }
            boolean enabled = FlowSettings.of(flow, properties.flows().get(flow), properties.global())
                    .enabled();
            throw new FlowConfigurationException(
                    "rpa.flows.%s is %s, but no RecordHandler bean has this flow"
                            .formatted(flow, enabled ? "enabled" : "configured"),
                    "Known flows are %s. Correct the name, put the handler's jar into handlers/, or remove rpa.flows.%s."
                            .formatted(byFlow.keySet(), flow));
        }
    }

    private static <P, R extends @Nullable Object> Flow<P, R> flow(
            FlowHandler<P, R> handler, RpaProperties properties, JsonMapper json, Validator validator) {
        String name = handler.flow();
        var settings = FlowSettings.of(name, properties.flows().get(name), properties.global());
        JavaType[] parameters = json.getTypeFactory()
                .constructType(AopUtils.getTargetClass(handler))
                .findTypeParameters(FlowHandler.class);
        if (parameters.length == 0 || parameters[0].isJavaLangObject()) {
            throw new FlowConfigurationException(
                    "The payload type of %s, flow '%s', cannot be told".formatted(nameOf(handler), name),
                    "Write the handler as a class that implements RecordHandler<Payload, Result>, not as a lambda.");
        }
        var decoder = new PayloadDecoder<P>(json, validator, parameters[0]);
        return new Flow<>(name, handler, decoder, settings, settings.enabled() ? sources(name, handler) : List.of());
    }

    private static List<Source> sources(String flow, FlowHandler<?, ?> handler) {
        try {
            return handler.sources();
        } catch (IllegalStateException e) {
            throw new FlowConfigurationException(
                    "Flow '%s' is enabled, but: %s".formatted(flow, e.getMessage()),
                    "Set what is missing, or set rpa.flows.%s.enabled to false.".formatted(flow));
        }
    }

    private static String nameOf(FlowHandler<?, ?> handler) {
        return AopUtils.getTargetClass(handler).getName();
    }
}
