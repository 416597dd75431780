package io.rpaworker.settings;

import io.rpaworker.text.Nearest;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * The keys that a record of settings has.
 *
 * @param keys with dashes, those of nested records after a dot
 */
public record SettingKeys(List<String> keys) {

    /** Those of some records; of what is no record nothing is known. */
    static SettingKeys of(List<Class<?>> settings) {
        return new SettingKeys(
                settings.stream().flatMap(it -> keys(it).stream()).toList());
    }

    private static List<String> keys(Class<?> settings) {
        if (!settings.isRecord()) {
            return List.of();
        }
        var keys = new ArrayList<String>();
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                keys(component.getType()).forEach(nested -> keys.add(name + "." + nested));
            } else {
                keys.add(name);
            }
        }
        return keys;
    }

    /** Whether more may stand below a key: it is a map, a list or the like. */
    static boolean isOpen(Class<?> settings, String key) {
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord() && key.startsWith(name + ".")) {
                return isOpen(component.getType(), key.substring(name.length() + 1));
            }
            if (key.equals(name)) {
                Class<?> type = component.getType();
                return type.isArray() || !(type.isPrimitive() || type.isEnum() || isValue(type));
            }
        }
        return false;
    }

    private static boolean isValue(Class<?> type) {
        return type.getPackageName().startsWith("java.lang")
                || type.getPackageName().startsWith("java.time")
                || type == DataSize.class;
    }

    /** The key that an unknown one most likely stands for. */
    public String nearest(String unknown) {
        return Nearest.to(unknown, keys);
    }
}
