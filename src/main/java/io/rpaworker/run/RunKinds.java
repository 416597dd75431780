package io.rpaworker.run;

import io.rpaworker.flow.HandlerTransactions;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handlerjar.HandlerJars;
import io.rpaworker.handlerjar.RunBean;
import io.rpaworker.payload.PayloadDecoder;
import io.rpaworker.payload.PayloadJson;
import io.rpaworker.settings.SettingsException;
import jakarta.validation.Validator;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** Which flows have runs on this replica: authors' beans say so, those of the worker and of jars. */
@Component
class RunKinds {

    // processing_queue.flow_name has a hundred, of which "/run" and "/end" take four.
    private static final int FLOW_NAME_LENGTH = 96;

    private final JsonMapper json;
    private final Validator validator;
    private final SortedMap<String, RunKind<?, ?>> kinds = new TreeMap<>();

    /**
     * Finds them.
     *
     * @throws SettingsException if two are for one flow, or one is not fit for it
     */
    RunKinds(ListableBeanFactory beans, HandlerJars jars, JsonMapper json, Validator validator) {
        this.json = PayloadJson.like(json);
        this.validator = validator;
        Stream<Object> own = Stream.concat(
                        beans.getBeansOfType(RecordSource.class).values().stream(),
                        beans.getBeansOfType(RunCompletion.class).values().stream())
                .distinct();
        var sources = new TreeMap<String, RunBean>();
        var completions = new TreeMap<String, RunBean>();
        Stream.concat(own.map(RunBean::own), jars.runBeans().stream()).forEach(it -> {
            if (it.bean() instanceof RecordSource<?> source) {
                put(sources, it, source::flow, "RecordSource");
            }
            if (it.bean() instanceof RunCompletion<?, ?> completion) {
                put(completions, it, completion::flow, "RunCompletion");
            }
        });
        completions.forEach((flow, bean) -> {
            if (!sources.containsKey(flow)) {
                throw new SettingsException(
                        "%s is for the runs of flow '%s', which has no RecordSource"
                                .formatted(bean.origin().text(), flow),
                        "Add a RecordSource bean with this flow(), or correct the name.");
            }
        });
        sources.forEach((flow, source) -> kinds.put(flow, kind(flow, source, completions.get(flow))));
    }

    /** All, by the names of their flows. */
    Collection<RunKind<?, ?>> all() {
        return kinds.values();
    }

    /** How a flow's runs are; empty if it has none. */
    Optional<RunKind<?, ?>> of(String flow) {
        return Optional.ofNullable(kinds.get(flow));
    }

    private static void put(SortedMap<String, RunBean> byFlow, RunBean bean, FlowName name, String type) {
        String flow = nameOfFlow(bean, name);
        RunBean other = byFlow.putIfAbsent(flow, bean);
        if (other != null) {
            throw new SettingsException(
                    "Flow '%s' has two %s beans: %s and %s"
                            .formatted(
                                    flow,
                                    type,
                                    other.origin().text(),
                                    bean.origin().text()),
                    "Remove one of them, or give it another flow().");
        }
        HandlerTransactions.refuseOfRuns(flow, bean.origin().text(), bean.bean());
    }

    private interface FlowName {
        String flow();
    }

    // Somebody else's code.
    private static String nameOfFlow(RunBean bean, FlowName name) {
        String flow;
        try {
            flow = name.flow();
        } catch (Throwable e) {
            throw new SettingsException(
                    "flow() of %s throws %s".formatted(bean.origin().text(), e),
                    "Let it return a constant: the name of a flow that has a handler.",
                    e);
        }
        if (flow == null || flow.isBlank() || flow.length() > FLOW_NAME_LENGTH) {
            throw new SettingsException(
                    "%s has the flow '%s'".formatted(bean.origin().text(), flow),
                    "The name of a flow that has runs has 1 to %d characters.".formatted(FLOW_NAME_LENGTH));
        }
        return flow;
    }

    private <A, C> RunKind<A, C> kind(String flow, RunBean source, @Nullable RunBean completion) {
        return new RunKind<>(
                flow,
                source,
                decoder(source, RecordSource.class),
                completion,
                completion == null ? null : decoder(completion, RunCompletion.class));
    }

    private <T> PayloadDecoder<T> decoder(RunBean bean, Class<?> type) {
        JavaType[] parameters = json.getTypeFactory()
                .constructType(AopUtils.getTargetClass(bean.bean()))
                .findTypeParameters(type);
        if (parameters.length == 0 || parameters[0].isJavaLangObject()) {
            throw new SettingsException(
                    "The parameters' type of %s cannot be told"
                            .formatted(bean.origin().text()),
                    "Write it as a class that implements %s<Parameters%s>, not as a lambda."
                            .formatted(type.getSimpleName(), type == RecordSource.class ? "" : ", Result"));
        }
        return new PayloadDecoder<>(json, validator, parameters[0]);
    }
}
