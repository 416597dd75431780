package io.rpaworker.flow;

import io.rpaworker.settings.SettingKeys;
import io.rpaworker.settings.SettingsRecords;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.stereotype.Component;

/**
 * Tells at the start of environment variables and system properties that look like settings and override nothing. They
 * may be somebody else's, so they stop nobody; but whoever switches a flow off by one has to learn that it runs on.
 * Values are never told.
 */
@Component
class UnreadVariables {

    private static final Logger log = LoggerFactory.getLogger(UnreadVariables.class);

    private static final Pattern OURS = Pattern.compile("(?i)rpa[_.].+");
    // What the program reads by other means: the folder of the jars, handlers' own settings, the local run.
    private static final Pattern READ_OTHERWISE = Pattern.compile("(?i)rpa[_.](handlers|(handler|local)[_.].+)");
    // What Kubernetes tells of each Service in the namespace.
    private static final Pattern SERVICE =
            Pattern.compile(".+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");
    private static final Pattern NAMED_BY_VARIABLES = Pattern.compile("[A-Za-z0-9_-]+");

    private final SettingsRecords settings;
    private final FlowRegistry flows;
    private final Set<String> named;

    UnreadVariables(ConfigurableListableBeanFactory beans, Environment environment, FlowRegistry flows) {
        this.settings = SettingsRecords.of(beans);
        this.flows = flows;
        List<ConfigurationPropertySource> sources = Stream.of(ConfigurationPropertySources.get(environment))
                .flatMap(it -> StreamSupport.stream(it.spliterator(), false))
                .toList();
        List<ConfigurationPropertyName> ofFlows = namedFlows(sources);
        this.named = ofFlows.stream().map(it -> it.getElement(2, Form.ORIGINAL)).collect(Collectors.toSet());
        List<ConfigurationPropertyName> names = settings.names(ofFlows.stream()).toList();
        for (ConfigurationPropertySource source : sources) {
            if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> variables
                    && (isVariables(variables) || isSystemProperties(variables))) {
                tell(source, variables, names);
            }
        }
    }

    private void tell(
            ConfigurationPropertySource source,
            EnumerablePropertySource<?> variables,
            List<ConfigurationPropertyName> names) {
        Set<String> read = Stream.concat(names.stream(), below(source))
                .map(source::getConfigurationProperty)
                .filter(Objects::nonNull)
                .map(it -> it.getOrigin() instanceof PropertySourceOrigin origin ? origin.getPropertyName() : "")
                .map(it -> it.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Stream.of(variables.getPropertyNames())
                .filter(it -> OURS.matcher(it).matches() && !read.contains(it.toLowerCase(Locale.ROOT)))
                .filter(it -> !READ_OTHERWISE.matcher(it).matches()
                        && !SERVICE.matcher(it).matches())
                .sorted()
                .forEach(it -> log.warn(told(it, isVariables(variables))));
    }

    private static boolean isVariables(EnumerablePropertySource<?> source) {
        return source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private static boolean isSystemProperties(EnumerablePropertySource<?> source) {
        return source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    }

    // Where a flow's name ends cannot be told from a variable, so variables name none.
    private static List<ConfigurationPropertyName> namedFlows(List<ConfigurationPropertySource> sources) {
        return sources.stream()
                .filter(it -> !(it.getUnderlyingSource() instanceof EnumerablePropertySource<?> source
                        && isVariables(source)))
                .flatMap(UnreadVariables::names)
                .filter(it -> SettingsRecords.FLOWS.isAncestorOf(it) && it.getNumberOfElements() > 3)
                .map(it -> it.chop(3))
                .distinct()
                .toList();
    }

    // Lists and maps have names that only who sets them knows.
    private Stream<ConfigurationPropertyName> below(ConfigurationPropertySource source) {
        return names(source).filter(it -> !SettingsRecords.FLOWS.isAncestorOf(it) && settings.isKnown(it));
    }

    private static Stream<ConfigurationPropertyName> names(ConfigurationPropertySource source) {
        return source instanceof IterableConfigurationPropertySource iterable
                ? iterable.stream().filter(SettingsRecords.RPA::isAncestorOf)
                : Stream.empty();
    }

    private String told(String variable, boolean environment) {
        String name = (environment ? "variable " : "system property ") + variable;
        Optional<String> flow = flows.known().stream()
                .filter(it -> shape(variable).startsWith(shape("rpa.flows." + it + ".")))
                .filter(it -> !isNameable(it) || !named.contains(it))
                .max(Comparator.comparingInt(String::length));
        return flow.map(it -> told(name, it)).orElseGet(() -> {
            String nearest = nearest(variable);
            return "The %s overrides nothing: no setting has this name. The nearest is %s, as a variable %s"
                    .formatted(name, nearest, variable(nearest));
        });
    }

    private String told(String name, String flow) {
        String state = flows.enabled().contains(flow) ? "STAYS ENABLED" : "STAYS DISABLED";
        boolean nameable = isNameable(flow);
        return ("Flow %s %s: the %s overrides nothing, because %s. Write rpa.flows.%s.enabled: ... in"
                        + " config/application-<environment>.yml, or start with --rpa.flows%s.enabled=...")
                .formatted(
                        flow,
                        shape(name).endsWith("_enabled") ? state : "stays as it is",
                        name,
                        nameable ? "no file names the flow" : "a variable cannot name a flow with such characters",
                        nameable ? flow : "\"[" + flow + "]\"",
                        nameable ? "." + flow : "[" + flow + "]");
    }

    private static boolean isNameable(String flow) {
        return NAMED_BY_VARIABLES.matcher(flow).matches();
    }

    private String nearest(String variable) {
        Stream<String> prefixes = Stream.concat(
                settings.byPrefix().keySet().stream().map(ConfigurationPropertyName::toString),
                flows.known().stream().filter(UnreadVariables::isNameable).map(it -> "rpa.flows." + it));
        List<String> all = prefixes.sorted()
                .flatMap(prefix -> settings.known(ConfigurationPropertyName.adapt(prefix, '.')).keys().stream()
                        .map(key -> prefix + "." + key))
                .toList();
        List<String> shapes = all.stream().map(UnreadVariables::shape).toList();
        return all.get(shapes.indexOf(new SettingKeys(shapes).nearest(shape(variable))));
    }

    private static String variable(String setting) {
        return setting.toUpperCase(Locale.ROOT).replace("-", "_").replace('.', '_');
    }

    // What a variable and what it may stand for have in common.
    private static String shape(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "_");
    }
}
