package io.rpaworker.handlerjar;

import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The worker's settings as one jar sees them. What the jar adds, by {@code @PropertySource} for instance, nobody else
 * sees.
 */
final class JarEnvironment extends StandardEnvironment {

    // A jar may have a main class to be tried with: as a handler's jar it brings beans, not an application.
    private static final Map<String, Object> NO_APPLICATION =
            Map.of(EnableAutoConfiguration.ENABLED_OVERRIDE_PROPERTY, "false");

    private JarEnvironment() {}

    static ConfigurableEnvironment of(ConfigurableEnvironment worker) {
        var environment = new JarEnvironment();
        environment.getPropertySources().stream()
                .toList()
                .forEach(it -> environment.getPropertySources().remove(it.getName()));
        environment.getPropertySources().addFirst(new MapPropertySource("handler jar", NO_APPLICATION));
        worker.getPropertySources().stream()
                .filter(it -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(it))
                .forEach(environment.getPropertySources()::addLast);
        environment.setActiveProfiles(worker.getActiveProfiles());
        environment.setDefaultProfiles(worker.getDefaultProfiles());
        environment.setConversionService(worker.getConversionService());
        ConfigurationPropertySources.attach(environment);
        return environment;
    }
}
