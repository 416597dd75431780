package io.rpaworker.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * What can be set under {@code rpa}: what each class with {@code @ConfigurationProperties} says of itself.
 *
 * @param byPrefix the class, a record as a rule, whose properties stand below a prefix; those of flows are not among
 *     them, since their prefixes are their names
 */
record SettingsRecords(Map<ConfigurationPropertyName, Class<?>> byPrefix) {

    static final ConfigurationPropertyName RPA = ConfigurationPropertyName.of("rpa");
    static final ConfigurationPropertyName FLOWS = RPA.append("flows");
    /** Below it handlers' jars have their own settings, of which the worker knows nothing. */
    static final ConfigurationPropertyName HANDLERS = RPA.append("handler");
    /** Names the folder of handlers' jars. */
    private static final ConfigurationPropertyName FOLDER = RPA.append("handlers");

    static SettingsRecords of(ConfigurableListableBeanFactory beans) {
        var byPrefix = new LinkedHashMap<ConfigurationPropertyName, Class<?>>();
        byPrefix.put(RPA.append("global"), FlowProperties.class);
        beans.getBeanNamesIterator().forEachRemaining(bean -> {
            // Nothing may be built yet, only to find out what it is.
            ConfigurationProperties settings = beans.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
            if (settings == null || !settings.prefix().startsWith("rpa.")) {
                return;
            }
            Class<?> type = beans.getType(bean, false);
            byPrefix.put(ConfigurationPropertyName.of(settings.prefix()), type == null ? Object.class : type);
        });
        return new SettingsRecords(Map.copyOf(byPrefix));
    }

    /** What may stand right under {@code rpa}, besides handlers' own settings. */
    List<String> groups() {
        var groups = new TreeSet<>(List.of("flows"));
        byPrefix.keySet().forEach(prefix -> groups.add(prefix.getElement(1, Form.DASHED)));
        return List.copyOf(groups);
    }

    /** The prefix that a setting belongs to, the longest; null if it belongs to none. */
    @Nullable
    ConfigurationPropertyName prefixOf(ConfigurationPropertyName name) {
        if (FLOWS.isAncestorOf(name)) {
            return name.chop(3);
        }
        return byPrefix.keySet().stream()
                .filter(prefix -> prefix.isAncestorOf(name))
                .max((one, other) -> Integer.compare(one.getNumberOfElements(), other.getNumberOfElements()))
                .orElse(null);
    }

    /** What is known of a prefix. */
    KnownSettings known(ConfigurationPropertyName prefix) {
        return KnownSettings.of(type(prefix));
    }

    /** Whether something is bound to this name, or to what is above or below it. */
    boolean isKnown(ConfigurationPropertyName name) {
        ConfigurationPropertyName prefix = prefixOf(name);
        if (HANDLERS.isAncestorOf(name) || HANDLERS.equals(name) || FOLDER.equals(name)) {
            return true;
        }
        if (prefix == null || prefix.equals(name)) {
            return RPA.equals(name) || FLOWS.equals(name) || isAbove(name);
        }
        return !type(prefix).isRecord()
                || isAbove(name)
                || known(prefix).keys().stream().anyMatch(key -> {
                    ConfigurationPropertyName known = prefix.append(key);
                    return known.equals(name)
                            || name.isAncestorOf(known)
                            || (isOpen(prefix, key) && known.isAncestorOf(name));
                });
    }

    private boolean isAbove(ConfigurationPropertyName name) {
        return FLOWS.isParentOf(name)
                || byPrefix.keySet().stream().anyMatch(prefix -> name.equals(prefix) || name.isAncestorOf(prefix));
    }

    private boolean isOpen(ConfigurationPropertyName prefix, String key) {
        return KnownSettings.isOpen(type(prefix), key);
    }

    private Class<?> type(ConfigurationPropertyName prefix) {
        return FLOWS.isParentOf(prefix) ? FlowProperties.class : byPrefix.getOrDefault(prefix, Object.class);
    }

    /** All names that can be told without asking anybody, those of the given flows too. */
    Stream<ConfigurationPropertyName> names(Stream<ConfigurationPropertyName> flows) {
        return Stream.concat(flows, byPrefix.keySet().stream())
                .flatMap(prefix -> known(prefix).keys().stream().map(prefix::append));
    }
}
