package io.rpaworker.flow;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.handlerjar.HandlerJars;
import io.rpaworker.payload.PayloadDecoder;
import io.rpaworker.payload.PayloadJson;
import io.rpaworker.settings.SettingsException;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** The flows that this replica processes: each has one handler bean and is enabled. */
@Component
@EnableConfigurationProperties(FlowsProperties.class)
public class FlowRegistry {

    private final Set<String> known;
    private final Set<String> enabledNames;
    private final Map<String, String> owners;
    private final Map<String, HandledBy> handlers;
    private final List<Flow<?, ?>> enabled;
    private final Set<String> withRuns;

    /**
     * Puts handlers and configuration together.
     *
     * @throws io.rpaworker.settings.SettingsException if they do not fit, naming the flow and what to change
     */
    @Autowired
    FlowRegistry(
            ListableBeanFactory beans,
            HandlerJars jars,
            FlowsProperties properties,
            JsonMapper json,
            Validator validator,
            BesideFlows besides) {
        Map<String, HandlerBean> byFlow = byFlow(beans, jars);
        refuseUnknown(byFlow, properties);
        // Once for all flows: each mapper has its own deserializers.
        JsonMapper payloads = PayloadJson.like(json);
        var made = new ArrayList<Flow<?, ?>>();
        byFlow.values().forEach(it -> {
            FlowSettings settings = settings(it.handler().flow(), properties);
            made.add(flow(it, it.handler(), settings, payloads, validator));
        });
        List<BesideFlows.Beside> found = besides.of(Collections.unmodifiableSet(byFlow.keySet()));
        this.withRuns = found.stream().map(BesideFlows.Beside::flow).collect(Collectors.toUnmodifiableSet());
        refuseSchedulesOfOthers(properties);
        found.forEach(it -> {
            refuseTaken(it, byFlow);
            FlowSettings settings = settings(it.flow(), properties).beside();
            made.add(flow(it.bean(), it.bean().handler(), settings, payloads, validator)
                    .ownedBy(it.flow()));
        });
        this.handlers =
                made.stream().collect(Collectors.toUnmodifiableMap(Flow::name, it -> Flow.handledBy(it.bean())));
        this.owners = made.stream().collect(Collectors.toUnmodifiableMap(Flow::name, Flow::owner));
        this.enabled = made.stream().filter(flow -> flow.settings().enabled()).toList();
        this.known = handlers.keySet();
        this.enabledNames = enabled.stream().map(Flow::name).collect(Collectors.toUnmodifiableSet());
    }

    private FlowRegistry(Set<String> known, Set<String> enabledNames) {
        this.handlers = Map.of();
        this.enabled = List.of();
        this.withRuns = Set.of();
        this.known = known;
        this.owners = known.stream().collect(Collectors.toUnmodifiableMap(it -> it, it -> it));
        this.enabledNames = enabledNames;
    }

    /** For a process that processes nothing: the flows that the configuration names, without handlers. */
    public static FlowRegistry withoutHandlers(FlowsProperties properties) {
        var known = new TreeSet<>(properties.flows().keySet());
        return new FlowRegistry(
                Collections.unmodifiableSet(known),
                known.stream()
                        .filter(it -> FlowSettings.of(it, properties.flows().get(it), properties.global())
                                .enabled())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** Those whose records are taken from the queue. */
    public List<Flow<?, ?>> distributed() {
        return enabled.stream()
                .filter(flow -> flow.settings().mode() == FlowSettings.Mode.DISTRIBUTED)
                .toList();
    }

    /** How many flows share what they work with: those beside another share what it has. */
    public int shares() {
        return (int) distributed().stream().filter(it -> !it.beside()).count();
    }

    /** Whether this replica can discover what the flow's runs consist of. */
    public boolean hasRuns(String flow) {
        return withRuns.contains(flow);
    }

    /** Those that this replica is to process, from the queue or not. */
    public Set<String> enabled() {
        return enabledNames;
    }

    /** Every flow that has a handler, enabled or not; of a process without handlers, that is configured. */
    public Set<String> known() {
        return known;
    }

    /** The flow that a flow belongs to, see {@link Flow#owner}; empty for one that is not {@link #known} here. */
    public Optional<String> ownerOf(String flow) {
        return Optional.ofNullable(owners.get(flow));
    }

    /** What would handle each flow here, enabled or not. */
    public Map<String, HandledBy> handlers() {
        return handlers;
    }

    /** Every flow whose records are taken from the queue, and its cleanup timeout. */
    public Map<String, Duration> cleanupTimeouts() {
        return distributed().stream()
                .collect(Collectors.toMap(Flow::name, flow -> flow.settings().cleanupTimeout()));
    }

    /** What handles each flow whose records are taken from the queue, and which share of them. */
    public Map<String, HandledBy> handledBy() {
        return distributed().stream()
                .collect(Collectors.toMap(
                        Flow::name, it -> it.handledBy().of(it.settings().partition())));
    }

    private static Map<String, HandlerBean> byFlow(ListableBeanFactory beans, HandlerJars jars) {
        var byFlow = new TreeMap<String, HandlerBean>();
        Stream<HandlerBean> own =
                beans.getBeansOfType(FlowHandler.class).values().stream().map(HandlerBean::own);
        Stream.concat(own, jars.handlers().stream()).forEach(it -> {
            String flow = nameOfFlow(it);
            HandlerBean other = byFlow.putIfAbsent(flow, it);
            if (other != null) {
                throw new SettingsException(
                        "Flow '%s' has two handlers: %s and %s"
                                .formatted(
                                        flow, other.origin().text(), it.origin().text()),
                        "Remove one of them, or give it another flow().");
            }
            HandlerTransactions.refuse(flow, it);
        });
        return byFlow;
    }

    // A handler is somebody else's code.
    private static String nameOfFlow(HandlerBean bean) {
        String flow;
        try {
            flow = bean.handler().flow();
        } catch (Throwable e) {
            throw new SettingsException(
                    "flow() of %s throws %s".formatted(bean.origin().text(), e),
                    "Let it return a constant: a name of 1 to 100 characters.",
                    e);
        }
        if (flow == null || flow.isBlank() || flow.length() > 100) {
            throw new SettingsException(
                    "%s has the flow '%s'".formatted(bean.origin().text(), flow),
                    "A flow's name has 1 to 100 characters.");
        }
        return flow;
    }

    private static void refuseUnknown(Map<String, HandlerBean> byFlow, FlowsProperties properties) {
        for (String flow : new TreeSet<>(properties.flows().keySet())) {
            if (byFlow.containsKey(flow)) {
                continue;
            }
            boolean enabled = FlowSettings.of(flow, properties.flows().get(flow), properties.global())
                    .enabled();
            throw new SettingsException(
                    "rpa.flows.%s is %s, but no RecordHandler bean has this flow"
                            .formatted(flow, enabled ? "enabled" : "configured"),
                    "Known flows are %s. Correct the name, put the handler's jar into handlers/, or remove rpa.flows.%s."
                            .formatted(byFlow.keySet(), flow));
        }
    }

    // One for all flows is for those that have runs.
    private void refuseSchedulesOfOthers(FlowsProperties properties) {
        properties.flows().forEach((flow, own) -> {
            if (!withRuns.contains(flow)
                    && RunSettings.of(flow, own.run(), null).isScheduled()) {
                throw new SettingsException(
                        "rpa.flows.%s.run.schedule is set, but no RecordSource bean has this flow, so nothing would be"
                                        .formatted(flow)
                                + " started",
                        "Flows with runs are %s. Add a RecordSource, or remove the schedule."
                                .formatted(new TreeSet<>(withRuns)));
            }
        });
    }

    private static <P, R extends @Nullable Object> Flow<P, R> flow(
            HandlerBean bean, FlowHandler<P, R> handler, FlowSettings settings, JsonMapper json, Validator validator) {
        String name = handler.flow();
        JavaType[] parameters = json.getTypeFactory()
                .constructType(AopUtils.getTargetClass(handler))
                .findTypeParameters(FlowHandler.class);
        if (parameters.length == 0 || parameters[0].isJavaLangObject()) {
            throw new SettingsException(
                    "The payload type of %s, flow '%s', cannot be told"
                            .formatted(bean.origin().text(), name),
                    "Write the handler as a class that implements RecordHandler<Payload, Result>, not as a lambda.");
        }
        var decoder = new PayloadDecoder<P>(json, validator, parameters[0]);
        List<Source> sources = settings.enabled() ? sources(name, bean) : List.of();
        return new Flow<>(name, handler, decoder, settings, sources, bean, name);
    }

    private static FlowSettings settings(String flow, FlowsProperties properties) {
        return FlowSettings.of(flow, properties.flows().get(flow), properties.global());
    }

    private static void refuseTaken(BesideFlows.Beside beside, Map<String, HandlerBean> byFlow) {
        String name = beside.bean().handler().flow();
        HandlerBean other = byFlow.get(name);
        if (other != null) {
            throw new SettingsException(
                    "Flow '%s' is what runs of flow '%s' need, but it has a handler: %s"
                            .formatted(name, beside.flow(), other.origin().text()),
                    "Give that handler another flow().");
        }
    }

    // Errors too: a handler is somebody else's code, and may lack a library.
    private static List<Source> sources(String flow, HandlerBean bean) {
        try {
            return List.copyOf(bean.handler().sources());
        } catch (IllegalStateException e) {
            throw new SettingsException(
                    "Flow '%s' is enabled, but: %s".formatted(flow, e.getMessage()),
                    "Set what is missing, or set rpa.flows.%s.enabled to false.".formatted(flow),
                    e);
        } catch (Throwable e) {
            throw new SettingsException(
                    "Flow '%s' is enabled, but sources() of %s fails: %s"
                            .formatted(flow, bean.origin().text(), e),
                    "Let it return its sources, none of them null, or set rpa.flows.%s.enabled to false."
                            .formatted(flow),
                    e);
        }
    }
}
