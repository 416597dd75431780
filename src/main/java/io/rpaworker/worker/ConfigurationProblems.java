package io.rpaworker.worker;

import io.rpaworker.flow.FlowRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.stereotype.Component;

/**
 * What the configuration leaves undone though nothing in it is wrong: no flow is enabled, a profile has no file. Told
 * once at the start, and shown by health for as long as the process lives.
 */
@Component
public class ConfigurationProblems {

    private static final Logger log = LoggerFactory.getLogger(ConfigurationProblems.class);

    private static final String ON_PROFILE = "spring.config.activate.on-profile";
    private static final String LOCATIONS =
            "optional:classpath:/;optional:classpath:/config/;optional:file:./;optional:file:./config/";

    private final List<String> problems;

    ConfigurationProblems(
            ConfigurableEnvironment environment,
            ResourceLoader files,
            FlowRegistry flows,
            WorkerProperties properties) {
        List<String> profiles = List.of(environment.getActiveProfiles());
        var found = new ArrayList<String>();
        profiles.stream()
                .filter(profile -> !hasFile(profile, environment, files))
                .forEach(profile -> found.add(withoutFile(profile, environment)));
        if (properties.enabled() && flows.enabled().isEmpty()) {
            found.add(("No flow is enabled, so no record is processed. Known flows are %s; active profiles are %s. Set"
                            + " rpa.flows.<flow>.enabled in config/application-<environment>.yml, or"
                            + " rpa.worker.enabled to false if that is meant")
                    .formatted(new TreeSet<>(flows.known()), profiles));
        }
        found.forEach(log::warn);
        this.problems = List.copyOf(found);
    }

    /** What there is to be mended; empty if nothing is. */
    public List<String> current() {
        return problems;
    }

    private static String withoutFile(String profile, ConfigurableEnvironment environment) {
        return "Profile %s is active, but has no file: %s-%s.yml is not in %s"
                .formatted(profile, name(environment), profile, String.join(", ", folders(environment)));
    }

    private static boolean hasFile(String profile, ConfigurableEnvironment environment, ResourceLoader files) {
        return Stream.of(name(environment).split(","))
                .map(it -> it.strip() + "-" + profile + ".")
                .anyMatch(it -> isThere(it, profile, environment, files));
    }

    private static boolean isThere(
            String file, String profile, ConfigurableEnvironment environment, ResourceLoader files) {
        return environment.getPropertySources().stream()
                        .anyMatch(it -> it.getName().contains(file) || isFor(profile, it))
                // An empty file is no source of properties.
                || folders(environment).stream()
                        .anyMatch(folder -> Stream.of("yml", "yaml", "properties")
                                .anyMatch(type ->
                                        files.getResource(folder + file + type).exists()));
    }

    // A part of a file may be for a profile as well.
    private static boolean isFor(String profile, PropertySource<?> source) {
        Object said = source.getProperty(ON_PROFILE);
        return said != null
                && Arrays.asList(said.toString().split("[^\\w.@+-]+")).contains(profile);
    }

    private static String name(ConfigurableEnvironment environment) {
        return environment.getProperty("spring.config.name", "application");
    }

    private static List<String> folders(ConfigurableEnvironment environment) {
        return Stream.of(
                        environment.getProperty("spring.config.location", LOCATIONS),
                        environment.getProperty("spring.config.additional-location", ""))
                .flatMap(it -> Stream.of(it.split("[;,]")))
                .map(it -> ConfigDataLocation.of(it.strip()))
                .map(it -> it == null ? "" : it.getValue())
                .filter(it -> it.endsWith("/") && !it.contains("*"))
                .map(it -> it.contains(":") ? it : "file:" + it)
                .toList();
    }
}
