package io.rpaworker.worker;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The keys that a record of settings has.
 *
 * @param keys with dashes, those of nested records after a dot
 */
record KnownSettings(List<String> keys) {

    static KnownSettings of(Class<?> settings) {
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

    /** The key that an unknown one most likely stands for. */
    String nearest(String unknown) {
        return Nearest.to(unknown, keys);
    }
}
