package io.rpaworker.flow;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.handlerjar.HandlerJars;
import io.rpaworker.handlerjar.WorkerBeans;
import io.rpaworker.payload.PayloadDecoder;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.json.JsonMapper;

/** Flows as the registry makes them, of handlers that no application has. */
public final class TestFlows {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    private TestFlows() {}

    /** A flow of which nothing is said. */
    public static <P, R extends @Nullable Object> Flow<P, R> of(
            FlowHandler<P, R> handler, Class<P> payload, Source... sources) {
        return of(handler, payload, Map.of(), sources);
    }

    /**
     * A flow of which something is said.
     *
     * @param settings as below {@code rpa.flows.<flow>}
     */
    public static <P, R extends @Nullable Object> Flow<P, R> of(
            FlowHandler<P, R> handler, Class<P> payload, Map<String, String> settings, Source... sources) {
        String name = handler.flow();
        FlowProperties own = new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("", Bindable.of(FlowProperties.class));
        return new Flow<>(
                name,
                handler,
                new PayloadDecoder<>(JSON, VALIDATOR, JSON.constructType(payload)),
                FlowSettings.of(name, own, null),
                List.of(sources),
                HandlerBean.own(handler),
                name);
    }

    /** The registry of a process that runs these flows; nothing else is said of them, and nothing is done. */
    public static FlowRegistry registry(String... flows) {
        var beans = new DefaultListableBeanFactory();
        for (String flow : flows) {
            beans.registerSingleton(flow, new Idle(flow));
        }
        FlowProperties enabled = new Binder(new MapConfigurationPropertySource(Map.of("enabled", "true")))
                .bindOrCreate("", Bindable.of(FlowProperties.class));
        return new FlowRegistry(
                beans, noJars(), new FlowsProperties(enabled, Map.of()), JSON, VALIDATOR, known -> List.of());
    }

    /** What is said of runs where nothing is. */
    public static FlowRuns runs() {
        FlowProperties nothing = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("", Bindable.of(FlowProperties.class));
        return new FlowRuns(new FlowsProperties(nothing, Map.of()));
    }

    private static HandlerJars noJars() {
        var beans = new DefaultListableBeanFactory();
        WorkerBeans none = Map::of;
        beans.registerSingleton("none", none);
        beans.registerSingleton("environment", new StandardEnvironment());
        return (HandlerJars) beans.autowire(HandlerJars.class, AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR, false);
    }

    private record Idle(String flow) implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) {
            return Outcome.completed(true);
        }
    }
}
