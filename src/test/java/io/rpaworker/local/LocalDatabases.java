package io.rpaworker.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/** Starts each database that the environment does not name, and tells the application where it is. */
final class LocalDatabases implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private final PrintStream out;
    private @Nullable EmbeddedPostgres rpaDb;

    LocalDatabases(PrintStream out) {
        this.out = out;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        var settings = LocalSettings.of(environment);
        // So that rpa.local is known to be a group of settings.
        context.getBeanFactory().registerSingleton("localSettings", settings);
        Ports.refuseTaken(environment);
        var started = new HashMap<String, Object>();
        if (StringUtils.hasText(environment.getProperty("rpa.survey-hub.url"))) {
            out.println("SurveyHub  as rpa.survey-hub.url says");
        } else {
            started.putAll(startSurveyHub(settings));
        }
        if (StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
            out.println("rpa_db     as spring.datasource.url says");
        } else {
            started.putAll(startRpaDb());
        }
        environment.getPropertySources().addFirst(new MapPropertySource("localDatabases", started));
    }

    /** To be called when the application is down: it still writes while it stops. */
    void stop() throws IOException {
        if (rpaDb != null) {
            rpaDb.close();
        }
    }

    private Map<String, Object> startSurveyHub(LocalSettings settings) {
        long began = System.nanoTime();
        var standIn = StandIn.create("surveyhub");
        int surveys = standIn.loadSurveys(settings.surveys());
        int responses = standIn.loadResponses(settings.responses());
        out.printf(
                "SurveyHub  stand-in, %,d surveys and %,d responses of %s and %s, loaded in %.1f s%n",
                surveys,
                responses,
                settings.surveys().name(),
                settings.responses().name(),
                (System.nanoTime() - began) / 1e9);
        return Map.of(
                "rpa.survey-hub.url", standIn.url(), "rpa.survey-hub.username", "", "rpa.survey-hub.password", "");
    }

    private Map<String, Object> startRpaDb() {
        try {
            rpaDb = EmbeddedPostgres.start();
        } catch (IOException | IllegalStateException e) {
            throw new LocalRunException(
                    "The embedded PostgreSQL does not start: " + e.getMessage(),
                    "Free some space in " + System.getProperty("java.io.tmpdir")
                            + ", or name a PostgreSQL of your own in SPRING_DATASOURCE_URL.");
        }
        String url = "jdbc:postgresql://localhost:%d/postgres".formatted(rpaDb.getPort());
        out.println("rpa_db     embedded PostgreSQL, " + url + "?user=postgres");
        return Map.of(
                "spring.datasource.url",
                url,
                "spring.datasource.username",
                "postgres",
                "spring.datasource.password",
                "");
    }
}
