package io.rpaworker.settings;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Refuses settings that nobody reads: a mistyped key would silently leave the default in force. Looks before anything
 * is built, so that a start which is refused has not touched the database, and never says a value: what stands at a
 * mistyped key may be a password. Environment variables and the JVM's system properties are exempt: whoever runs the
 * process may have set others of such a name. {@link io.rpaworker.flow.UnreadVariables} tells of them.
 */
@Component
class UnknownSettings implements BeanFactoryPostProcessor, EnvironmentAware {

    private @Nullable Environment environment;

    UnknownSettings() {}

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        SettingsRecords settings = SettingsRecords.of(beans);
        var filter = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source :
                ConfigurationPropertySources.get(Objects.requireNonNull(environment))) {
            if (source instanceof IterableConfigurationPropertySource iterable && filter.apply(source)) {
                refuse(iterable, settings);
            }
        }
    }

    private static void refuse(IterableConfigurationPropertySource source, SettingsRecords settings) {
        source.stream()
                .filter(name -> SettingsRecords.RPA.isAncestorOf(name) && !settings.isKnown(name))
                .findFirst()
                .ifPresent(unknown -> {
                    throw refusal(
                            unknown,
                            Origin.from(source.getConfigurationProperty(unknown)),
                            settings.prefixOf(unknown),
                            settings);
                });
    }

    private static SettingsException refusal(
            ConfigurationPropertyName unknown,
            @Nullable Origin origin,
            @Nullable ConfigurationPropertyName prefix,
            SettingsRecords settings) {
        int depth = prefix == null ? 1 : prefix.getNumberOfElements();
        var known = prefix == null ? new SettingKeys(settings.groups()) : settings.known(prefix);
        String group = text(unknown, 0, depth);
        return new SettingsException(
                "%s is no setting; it stands in %s".formatted(text(unknown, 0, unknown.getNumberOfElements()), origin),
                "Did you mean %s.%s? Known under %s are %s.%s"
                        .formatted(
                                group,
                                known.nearest(text(unknown, depth, prefix == null ? 2 : unknown.getNumberOfElements())),
                                group,
                                String.join(", ", known.keys()),
                                advice(group)));
    }

    private static String advice(String group) {
        if (group.startsWith("rpa.flows.")) {
            return " A flow whose name has a dot is written \"[its.name]\".";
        }
        return group.equals("rpa") ? " A handler's own settings stand under rpa.handler.<name>." : "";
    }

    private static String text(ConfigurationPropertyName name, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> name.getElement(i, Form.ORIGINAL))
                .collect(Collectors.joining("."));
    }
}
