package io.rpaworker.worker;

import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Refuses settings that nobody reads: a mistyped key would silently leave the default in force. Looks before anything
 * is built, so that a start which is refused has not touched the database. Environment variables and the JVM's system
 * properties are exempt: whoever runs the process may have set others of such a name.
 */
@Component
class UnknownSettings implements BeanFactoryPostProcessor, EnvironmentAware {

    private static final ConfigurationPropertyName RPA = ConfigurationPropertyName.of("rpa");

    private @Nullable Environment environment;

    UnknownSettings() {}

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        refuseGroups(groups(beans));
        refuse("rpa.global", 2, Bindable.of(FlowProperties.class), FlowProperties.class);
        refuse("rpa.flows", 3, Bindable.mapOf(String.class, FlowProperties.class), FlowProperties.class);
        refuse("rpa.worker", 2, Bindable.of(WorkerProperties.class), WorkerProperties.class);
    }

    // What is known under "rpa": each record of settings names its own, a handler's too. The keys within are checked
    // where the record is bound.
    private static List<String> groups(ConfigurableListableBeanFactory beans) {
        var groups = new TreeSet<String>();
        Stream.of(RpaProperties.class.getRecordComponents()).forEach(it -> groups.add(it.getName()));
        // The folder of handlers' jars, and what those jars are set by.
        groups.addAll(List.of("handlers", "handler"));
        beans.getBeanNamesIterator().forEachRemaining(bean -> {
            // Nothing may be built yet, only to find out what it is.
            ConfigurationProperties settings = beans.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
            if (settings != null && settings.prefix().startsWith("rpa.")) {
                groups.add(settings.prefix().split("\\.", -1)[1]);
            }
        });
        return List.copyOf(groups);
    }

    private void refuseGroups(List<String> groups) {
        var filter = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source :
                ConfigurationPropertySources.get(Objects.requireNonNull(environment))) {
            if (source instanceof IterableConfigurationPropertySource settings && filter.apply(source)) {
                settings.stream()
                        .filter(name -> RPA.isAncestorOf(name) && !groups.contains(name.getElement(1, Form.DASHED)))
                        .findFirst()
                        .map(source::getConfigurationProperty)
                        .ifPresent(unknown -> {
                            throw refusal(unknown, 1, new KnownSettings(groups));
                        });
            }
        }
    }

    private void refuse(String prefix, int depth, Bindable<?> target, Class<?> settings) {
        var handler = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        try {
            Binder.get(Objects.requireNonNull(environment)).bind(prefix, target, handler);
        } catch (BindException e) {
            if (e.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
                throw refusal(unbound.getUnboundProperties().iterator().next(), depth, KnownSettings.of(settings));
            }
            throw e;
        }
    }

    private static FlowConfigurationException refusal(ConfigurationProperty unknown, int depth, KnownSettings known) {
        ConfigurationPropertyName name = unknown.getName();
        String group = text(name, 0, depth);
        return new FlowConfigurationException(
                "%s is no setting; it stands in %s"
                        .formatted(text(name, 0, name.getNumberOfElements()), unknown.getOrigin()),
                "Did you mean %s.%s? Known under %s are %s.%s"
                        .formatted(
                                group,
                                known.nearest(text(name, depth, depth == 1 ? 2 : name.getNumberOfElements())),
                                group,
                                String.join(", ", known.keys()),
                                group.startsWith("rpa.flows.")
                                        ? " A flow whose name has a dot is written \"[its.name]\"."
                                        : ""));
    }

    private static String text(ConfigurationPropertyName name, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> name.getElement(i, Form.ORIGINAL))
                .collect(Collectors.joining("."));
    }
}
