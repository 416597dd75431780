package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.support.GenericApplicationContext;

class HandlerJarsTests {

    @TempDir
    Path handlers;

    @AfterEach
    void clear() {
        System.clearProperty("rpa.handlers");
    }

    // Conditions of an auto-configuration are only right once everything else is known.
    @Test
    void autoConfigurationsOfALibraryAreLeftToTheApplication() throws IOException, URISyntaxException {
        Path library = Path.of(FlywayAutoConfiguration.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.copy(library, handlers.resolve("library.jar"));
        System.setProperty("rpa.handlers", handlers.toString());

        try (var context = new GenericApplicationContext()) {
            AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
            HandlerJars.found().initialize(context);

            assertThat(context.getBeanDefinitionNames()).noneMatch(it -> it.contains("flyway"));
        }
    }
}
