package io.rpaworker.flow;

import io.rpaworker.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.stereotype.Component;

/** Reads what {@code config/application-<environment>.yml} says of flows, whatever environment this replica runs in. */
@Component
public class EnvironmentFiles {

    private final Path folder;

    /** Those beside the worker, where Spring Boot looks for them. */
    @Autowired
    EnvironmentFiles() {
        this(Path.of("config"));
    }

    EnvironmentFiles(Path folder) {
        this.folder = folder;
    }

    /** What a file says; nothing else, such as a variable, has a say. */
    public static final class EnvironmentFile {

        private final FlowsProperties properties;

        private EnvironmentFile(FlowsProperties properties) {
            this.properties = properties;
        }

        /** The flows that it names. */
        public Set<String> flows() {
            return properties.flows().keySet();
        }

        /**
         * What would hold for a flow, by key; a flow that it does not name has what it says of all.
         *
         * @throws SettingsException if its settings contradict each other
         */
        public Map<String, @Nullable Object> settings(String flow) {
            var written = new LinkedHashMap<String, @Nullable Object>();
            SettingValues.of(FlowSettings.of(flow, properties.flows().get(flow), properties.global()))
                    .forEach((key, value) -> written.put(key, SettingValues.written(value)));
            return Collections.unmodifiableMap(written);
        }
    }

    /** Where an environment's file would be. */
    public Path path(String environment) {
        return folder.resolve("application-" + environment + ".yml");
    }

    /**
     * Reads the file of an environment.
     *
     * @return empty if there is none
     * @throws SettingsException if it cannot be read; its values are not told
     */
    public Optional<EnvironmentFile> find(String environment) {
        Path path = path(environment);
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try {
            List<PropertySource<?>> documents =
                    new ArrayList<>(new YamlPropertySourceLoader().load(path.toString(), new FileSystemResource(path)));
            // A later document of a file goes before an earlier one.
            Collections.reverse(documents);
            var binder = new Binder(ConfigurationPropertySources.from(documents));
            return Optional.of(new EnvironmentFile(binder.bindOrCreate("rpa", FlowsProperties.class)));
        } catch (IOException | RuntimeException e) {
            throw new SettingsException(
                    path + " cannot be read", "Start a worker in this environment: it says why.", e);
        }
    }
}
