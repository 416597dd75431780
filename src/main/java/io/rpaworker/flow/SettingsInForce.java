package io.rpaworker.flow;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says which settings hold for a flow on this replica, and where each stands. */
@Component
public class SettingsInForce {

    private final FlowsProperties properties;
    private final Environment environment;

    SettingsInForce(FlowsProperties properties, Environment environment) {
        this.properties = properties;
        this.environment = environment;
    }

    /**
     * One setting.
     *
     * @param key below {@code rpa.flows.<flow>}
     * @param value as a file would have it; null for a limit that there is not
     * @param seconds the same, of a duration; null of others
     * @param origin where it stands: a file and its line, a variable, or {@code default}
     */
    public record Setting(
            String key, @Nullable Object value, @Nullable Double seconds, String origin) {}

    /** All settings of a flow, in the order of the documentation. */
    public List<Setting> of(String flow) {
        var origins = new SettingOrigins(environment);
        var settings = FlowSettings.of(flow, properties.flows().get(flow), properties.global());
        return SettingValues.of(settings).entrySet().stream()
                .map(it -> new Setting(
                        it.getKey(),
                        SettingValues.written(it.getValue()),
                        it.getValue() instanceof Duration duration ? duration.toMillis() / 1_000.0 : null,
                        origins.of(flow, it.getKey())))
                .toList();
    }
}
