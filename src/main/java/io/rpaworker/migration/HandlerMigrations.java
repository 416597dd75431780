package io.rpaworker.migration;

import io.rpaworker.handlerjar.HandlerJarException;
import io.rpaworker.handlerjar.HandlerJars;
import io.rpaworker.handlerjar.OwnMigrations;
import io.rpaworker.text.FailureReason;
import java.io.Reader;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Runs the migrations that handlers' jars bring for their own tables, as the role that migrates, after the worker's
 * own. Each jar's have a history of their own, so that neither the worker's next release nor another jar is in their
 * way.
 */
@Component
class HandlerMigrations {

    private static final Logger log = LoggerFactory.getLogger(HandlerMigrations.class);

    // As it is written in a grant.
    private static final String WORKER = """
            select pg_catalog.quote_ident(current_user)
            """;

    private final HandlerJars jars;
    private final DataSource migrator;
    private final JdbcClient worker;

    HandlerMigrations(HandlerJars jars, @Qualifier(Migrations.DATA_SOURCE) DataSource migrator, JdbcClient worker) {
        this.jars = jars;
        this.migrator = migrator;
        this.worker = worker;
    }

    /**
     * Runs what is new. The role that handlers write as is what {@code ${worker}} stands for.
     *
     * @param workers whose schema is theirs too
     * @throws io.rpaworker.handlerjar.HandlerJarException if one fails, with PostgreSQL's words; it is rolled back,
     *     those before it stay
     */
    void run(Flyway workers) {
        List<OwnMigrations> all = jars.migrations();
        if (!all.isEmpty()) {
            String role = worker.sql(WORKER).query(String.class).single();
            all.forEach(it -> run(it, workers, role));
        }
    }

    /** The tables are there, whoever has seen to that: what of the jars has a life cycle may start. */
    void finish() {
        jars.start();
    }

    private void run(OwnMigrations migrations, Flyway workers, String role) {
        String history = "rpa_handler_" + migrations.name() + "_history";
        try {
            int run = Flyway.configure()
                    .dataSource(migrator)
                    .schemas(workers.getConfiguration().getSchemas())
                    .defaultSchema(workers.getConfiguration().getDefaultSchema())
                    .table(history)
                    // The schema has the worker's tables in it already.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .placeholders(Map.of("worker", role))
                    // Of a newer jar, before whoever is on duty took the older one back.
                    .ignoreMigrationPatterns("*:future", "repeatable:missing")
                    .locations(new String[0])
                    .resourceProvider(new Scripts(migrations.scripts()))
                    .load()
                    .migrate()
                    .migrationsExecuted;
            if (run > 0) {
                log.info("Ran {} migrations of {}, whose history is {}", run, migrations.jar(), history);
            }
        } catch (FlywayException e) {
            throw new HandlerJarException(
                    "The migrations of %s, whose history is %s, fail: %s"
                            .formatted(migrations.jar(), history, reason(e)),
                    "Mend the migration that it names, or take the jar away. What has run is never changed, renamed or"
                            + " preceded: what is to be different comes in a migration with a higher version.",
                    e);
        }
    }

    // Flyway's words, but for its advice: none of it is at hand here.
    private static String reason(FlywayException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof FlywayValidateException) {
            return message.lines()
                    .filter(line -> line.startsWith("Migration ") || line.startsWith("Detected "))
                    .collect(Collectors.joining("; "));
        }
        if (failure.getCause() instanceof FlywaySqlScriptException script) {
            return "%s, line %d: %s"
                    .formatted(
                            script.getResource().getRelativePath(),
                            script.getLineNumber(),
                            FailureReason.ofScript(failure));
        }
        return failure.getCause() instanceof SQLException ? FailureReason.ofScript(failure) : message;
    }

    /**
     * The scripts as Flyway asks for them: from memory, since it finds none in a jar that has no entries for folders.
     *
     * @param texts by file name
     */
    private record Scripts(Map<String, String> texts) implements ResourceProvider {

        @Override
        public @Nullable LoadableResource getResource(String name) {
            String text = texts.get(name);
            return text == null ? null : new Script(name, text);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return texts.keySet().stream()
                    .filter(it -> fileName(it).startsWith(prefix)
                            && Arrays.stream(suffixes).anyMatch(it::endsWith))
                    .<LoadableResource>map(it -> new Script(it, texts.get(it)))
                    .toList();
        }

        private static String fileName(String path) {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private static final class Script extends LoadableResource {

        private final String name;
        private final String text;

        private Script(String name, @Nullable String text) {
            this.name = name;
            this.text = Objects.requireNonNull(text);
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public @Nullable String getAbsolutePathOnDisk() {
            return null;
        }

        @Override
        public String getFilename() {
            return name.substring(name.lastIndexOf('/') + 1);
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
