package io.rpaworker.flow;

import io.rpaworker.settings.SettingsRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.Resource;

/** Says where a setting of a flow stands. A value is never part of the answer. */
final class SettingOrigins {

    private static final String DEFAULT = "default";
    private static final ConfigurationPropertyName GLOBAL = SettingsRecords.RPA.append("global");

    private final List<ConfigurationPropertySource> sources;

    SettingOrigins(Environment environment) {
        this.sources = Stream.of(ConfigurationPropertySources.get(environment))
                .flatMap(it -> StreamSupport.stream(it.spliterator(), false))
                .toList();
    }

    /** What is said of the flow comes before what is said of all, and that before the default. */
    String of(String flow, String key) {
        return prefixes(flow)
                .map(prefix -> find(prefix.append(key)))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> find(GLOBAL.append(key)))
                .map(SettingOrigins::text)
                .orElse(DEFAULT);
    }

    // Only who sets them knows how a flow's name is written there.
    private Stream<ConfigurationPropertyName> prefixes(String flow) {
        return sources.stream()
                .filter(IterableConfigurationPropertySource.class::isInstance)
                .flatMap(it -> ((IterableConfigurationPropertySource) it).stream())
                .filter(it -> SettingsRecords.FLOWS.isAncestorOf(it)
                        && it.getNumberOfElements() > 3
                        && it.getElement(2, Form.ORIGINAL).equals(flow))
                .map(it -> it.chop(3))
                .distinct();
    }

    private Optional<ConfigurationProperty> find(ConfigurationPropertyName name) {
        return sources.stream()
                .map(it -> it.getConfigurationProperty(name))
                .flatMap(Stream::ofNullable)
                .findFirst();
    }

    private static String text(ConfigurationProperty property) {
        return text(property.getOrigin());
    }

    private static String text(@Nullable Origin origin) {
        return switch (origin) {
            case null -> "unknown";
            case TextResourceOrigin it -> text(it);
            case SystemEnvironmentOrigin it -> "environment variable " + it.getProperty();
            case PropertySourceOrigin it -> it.getOrigin() == null ? text(it) : text(it.getOrigin());
            default -> origin.toString();
        };
    }

    private static String text(PropertySourceOrigin origin) {
        String source = origin.getPropertySource().getName();
        return switch (source) {
            case StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME ->
                "environment variable " + origin.getPropertyName();
            case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME ->
                "system property " + origin.getPropertyName();
            case CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME ->
                "command line --" + origin.getPropertyName();
            default -> source;
        };
    }

    private static String text(TextResourceOrigin origin) {
        Resource resource = origin.getResource();
        TextResourceOrigin.Location location = origin.getLocation();
        return (resource == null ? "unknown file" : path(resource))
                + (location == null ? "" : ":" + (location.getLine() + 1));
    }

    private static String path(Resource resource) {
        try {
            Path file = resource.getFile().toPath().toAbsolutePath().normalize();
            Path here = Path.of("").toAbsolutePath();
            return (file.startsWith(here) ? here.relativize(file) : file).toString();
        } catch (IOException e) {
            // Within the worker's own jar.
            return resource.getFilename() + " of the worker";
        }
    }
}
