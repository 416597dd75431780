package io.rpaworker.settings;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/**
 * What can be set under {@code rpa}: what each class with {@code @ConfigurationProperties} says of itself.
 *
 * @param byPrefix the classes, records as a rule, whose properties stand below a prefix; several may share one. Those
 *     of flows are not among them, since their prefixes are their names
 * @param ofFlow the record of what can be set for one flow; null if there are none
 */
public record SettingsRecords(
        Map<ConfigurationPropertyName, List<Class<?>>> byPrefix,
        @Nullable Class<?> ofFlow) {

    public static final ConfigurationPropertyName RPA = ConfigurationPropertyName.of("rpa");
    public static final ConfigurationPropertyName FLOWS = RPA.append("flows");
    /** Below it handlers' jars have their own settings, of which the worker knows nothing. */
    static final ConfigurationPropertyName HANDLERS = RPA.append("handler");
    /** Names the folder of handlers' jars. */
    private static final ConfigurationPropertyName FOLDER = RPA.append("handlers");

    /** Asks the beans' definitions; builds none. */
    public static SettingsRecords of(ConfigurableListableBeanFactory beans) {
        var byPrefix = new LinkedHashMap<ConfigurationPropertyName, List<Class<?>>>();
        var ofFlow = new AtomicReference<@Nullable Class<?>>();
        beans.getBeanNamesIterator().forEachRemaining(bean -> {
            // Nothing may be built yet, only to find out what it is.
            ConfigurationProperties settings = beans.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
            Class<?> type = settings == null ? null : beans.getType(bean, false);
            if (settings != null && settings.prefix().startsWith("rpa.")) {
                byPrefix.computeIfAbsent(ConfigurationPropertyName.of(settings.prefix()), prefix -> new ArrayList<>())
                        .add(type == null ? Object.class : type);
            } else if (settings != null && settings.prefix().equals("rpa") && type != null) {
                addGroups(type, byPrefix, ofFlow);
            }
        });
        return new SettingsRecords(Map.copyOf(byPrefix), ofFlow.get());
    }

    // A group of its own each: a record, or the map of the flows' records by their names.
    private static void addGroups(
            Class<?> type,
            Map<ConfigurationPropertyName, List<Class<?>>> byPrefix,
            AtomicReference<@Nullable Class<?>> ofFlow) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType().isRecord()) {
                String group = DataObjectPropertyName.toDashedForm(component.getName());
                byPrefix.put(RPA.append(group), List.of(component.getType()));
            } else {
                ofFlow.set(ResolvableType.forType(component.getGenericType())
                        .asMap()
                        .getGeneric(1)
                        .resolve());
            }
        }
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
    public SettingKeys known(ConfigurationPropertyName prefix) {
        return SettingKeys.of(types(prefix));
    }

    /** Whether something is bound to this name, or to what is above or below it. */
    public boolean isKnown(ConfigurationPropertyName name) {
        ConfigurationPropertyName prefix = prefixOf(name);
        if (HANDLERS.isAncestorOf(name) || HANDLERS.equals(name) || FOLDER.equals(name)) {
            return true;
        }
        if (prefix == null || prefix.equals(name)) {
            return RPA.equals(name) || FLOWS.equals(name) || isAbove(name);
        }
        return !types(prefix).stream().allMatch(Class::isRecord)
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
        return types(prefix).stream().anyMatch(type -> SettingKeys.isOpen(type, key));
    }

    private List<Class<?>> types(ConfigurationPropertyName prefix) {
        if (FLOWS.isParentOf(prefix)) {
            return List.of(ofFlow == null ? Object.class : ofFlow);
        }
        return byPrefix.getOrDefault(prefix, List.of(Object.class));
    }

    /** All names that can be told without asking anybody, those of the given flows too. */
    public Stream<ConfigurationPropertyName> names(Stream<ConfigurationPropertyName> flows) {
        return Stream.concat(flows, byPrefix.keySet().stream())
                .flatMap(prefix -> known(prefix).keys().stream().map(prefix::append));
    }
}
