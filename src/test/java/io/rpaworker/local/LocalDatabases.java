package io.rpaworker.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.StringUtils;

/** Starts each database that the environment does not name, and tells the application where it is. */
final class LocalDatabases implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String RPA_DB = "rpa_db";
    private static final String USER = "postgres";

    private volatile @Nullable EmbeddedPostgres rpaDb;
    private Optional<ProcessHandle> postmaster = Optional.empty();

    LocalDatabases() {}

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        var settings = LocalSettings.of(environment);
        // So that rpa.local is known to be a group of settings.
        context.getBeanFactory().registerSingleton("localSettings", settings);
        Ports.refuseTaken(environment);
        var started = new HashMap<String, Object>();
        if (StringUtils.hasText(environment.getProperty("rpa.survey-hub.url"))) {
            System.out.println("SurveyHub  as rpa.survey-hub.url says");
        } else {
            started.putAll(startSurveyHub(settings));
        }
        if (StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
            System.out.println("rpa_db     as spring.datasource.url says");
            tellOfScripts();
        } else {
            started.putAll(startRpaDb());
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            beans.registerSingleton("authorsTables", new AuthorsTables(AuthorsTables.handlers(), database()));
            beans.registerDependentBean("migrationAtStart", "authorsTables");
        }
        environment.getPropertySources().addFirst(new MapPropertySource("localDatabases", started));
    }

    /** To be called when the application is down: it still writes while it stops. Does nothing the second time. */
    void stop() throws IOException {
        EmbeddedPostgres started = rpaDb;
        if (started != null) {
            started.close();
            // Another Ctrl-C ends the program that was to stop it, too.
            postmaster.filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroy);
        }
    }

    private Map<String, Object> startSurveyHub(LocalSettings settings) {
        long began = System.nanoTime();
        var standIn = StandIn.create("surveyhub");
        int surveys = standIn.loadSurveys(settings.surveys());
        int responses = standIn.loadResponses(settings.responses());
        System.out.printf(
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
        System.out.println("rpa_db     an embedded PostgreSQL is unpacked and started ...");
        EmbeddedPostgres started;
        try {
            started = EmbeddedPostgres.start();
        } catch (IOException | IllegalStateException e) {
            throw new LocalRunException(
                    "The embedded PostgreSQL does not start: " + e.getMessage(),
                    "Free some space in " + System.getProperty("java.io.tmpdir")
                            + ", or name a PostgreSQL of your own in SPRING_DATASOURCE_URL.");
        }
        rpaDb = started;
        var jdbc = JdbcClient.create(started.getPostgresDatabase());
        postmaster = ProcessHandle.of(jdbc.sql("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint")
                .query(Long.class)
                .single());
        jdbc.sql("create database " + RPA_DB).update();
        String url = "jdbc:postgresql://localhost:%d/%s".formatted(started.getPort(), RPA_DB);
        System.out.println("rpa_db     " + LastWords.psql(url, USER));
        System.out.println("worker     starts ...");
        return Map.of(
                "spring.datasource.url", url, "spring.datasource.username", USER, "spring.datasource.password", "");
    }

    private DataSource database() {
        return Objects.requireNonNull(rpaDb).getDatabase(USER, RPA_DB);
    }

    // A database of one's own may have the tables already, and much else.
    private static void tellOfScripts() {
        List<Path> scripts = AuthorsTables.scripts(AuthorsTables.handlers());
        if (!scripts.isEmpty()) {
            System.out.println("tables     not run on a database of your own: " + scripts);
        }
    }
}
