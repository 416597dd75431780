package io.rpaworker.worker;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
        return keys.stream()
                .min(Comparator.comparingInt(key -> distance(unknown, key)))
                .orElseThrow();
    }

    // How many characters have to be added, removed or replaced.
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.length()];
    }
}
