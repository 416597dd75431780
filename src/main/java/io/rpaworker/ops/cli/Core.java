package io.rpaworker.ops.cli;

import io.rpaworker.ops.diagnosis.ReplicaCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/** The worker's core, by the worker's own configuration; started when it is first asked for something. */
final class Core implements AutoCloseable {

    // A command asks one thing after the other, and what it opens it does not keep.
    private static final Map<String, Object> OWN = Map.of(
            "spring.datasource.hikari.minimum-idle", 0,
            "spring.datasource.hikari.maximum-pool-size", 2,
            "spring.datasource.hikari.data-source-properties.ApplicationName", "rpa");

    // Of the process, since Boot asks no other. What it would load beside, and wait for at the end, is a worker's: the
    // validator, Tomcat, Flyway, SQL Server's driver.
    private static final String LOADS_NOTHING_BESIDE = "spring.backgroundpreinitializer.ignore";

    private final List<String> arguments;
    private final Class<?>[] beans;
    private @Nullable ConfigurableApplicationContext context;
    private @Nullable CoreParts parts;

    /**
     * Starts nothing yet.
     *
     * @param arguments Spring's, such as {@code --spring.profiles.active=production}
     */
    Core(List<String> arguments, Class<?>... beans) {
        this.arguments = arguments;
        this.beans = beans;
    }

    /** One of its beans. */
    <T> T part(Class<T> type) {
        return part(type, type.getPackageName());
    }

    /** The same of an interface whose implementation is in a package of its own. */
    <T> T part(Class<T> type, String name) {
        ConfigurableApplicationContext started = context();
        CoreParts known = parts;
        if (known == null) {
            known = new CoreParts(
                    (DefaultListableBeanFactory) started.getBeanFactory(),
                    started.getEnvironment(),
                    ReplicaCheck.class);
            parts = known;
        }
        if (type.isInterface()) {
            known.needAll(type, name);
        } else {
            known.need(type);
        }
        return started.getBean(type);
    }

    /** One that is there only where the configuration says so. */
    <T> Optional<T> find(Class<T> type) {
        return context().getBeanProvider(type).stream().findFirst();
    }

    private ConfigurableApplicationContext context() {
        ConfigurableApplicationContext started = context;
        if (started == null) {
            System.setProperty(LOADS_NOTHING_BESIDE, "true");
            started = new SpringApplicationBuilder(beans)
                    .web(WebApplicationType.NONE)
                    .lazyInitialization(true)
                    .logStartupInfo(false)
                    .registerShutdownHook(false)
                    .initializers(it -> own(it.getEnvironment().getPropertySources()), Unstarted::in)
                    .run(arguments.toArray(String[]::new));
            context = started;
        }
        return started;
    }

    private static void own(MutablePropertySources sources) {
        var own = new MapPropertySource("rpa", new LinkedHashMap<>(OWN));
        if (sources.contains(CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME)) {
            sources.addAfter(CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME, own);
        } else {
            sources.addFirst(own);
        }
    }

    @Override
    public void close() {
        ConfigurableApplicationContext started = context;
        if (started != null) {
            started.close();
        }
    }
}
