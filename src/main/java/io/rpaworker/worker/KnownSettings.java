package io.rpaworker.worker;

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
record KnownSettings(List<String> keys) {

    /** Those of a record; of what is no record nothing is known. */
    static KnownSettings of(Class<?> settings) {
        if (!settings.isRecord()) {
            return new KnownSettings(List.of());
        }
        var keys = new ArrayList<String>();
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                of(component.getType()).keys().forEach(nested -> keys.add(name + "." + nested));
            } else {
                keys.add(name);
            }
        }
        return new KnownSettings(List.copyOf(keys));
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
    String nearest(String unknown) {
        return Nearest.to(unknown, keys);
    }
}
