package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations that jars bring, of one release after the other. */
class HandlerMigrationsTests {

    private static final String FIRST = "create table invoice (id bigint)";

    @TempDir
    Path handlers;

    private final RpaDb db = Postgres.migrated();

    @Test
    void theScriptAndTheLineThatFailAreNamed() {
        start(Map.of("V1__X.sql", FIRST));

        assertThatThrownBy(() ->
                        start(Map.of("V1__X.sql", FIRST, "sub/V2__Y.sql", "select 1;\n\ncreate table b (a bogus)")))
                .hasStackTraceContaining(
                        "rpa_handler_acme_history, fail: sub/V2__Y.sql, line 3: ERROR: type \"bogus\" does not exist [42704]");
    }

    @Test
    void whatHasChangedIsNamed() {
        start(Map.of("V2__X.sql", FIRST));

        assertThatThrownBy(() -> start(Map.of("V2__X.sql", FIRST + " ")))
                .hasStackTraceContaining("fail: Migration checksum mismatch for migration version 2");
        assertThatThrownBy(() -> start(Map.of("V1__W.sql", "select 1", "V2__X.sql", FIRST)))
                .hasStackTraceContaining("fail: Detected resolved migration not applied to database: 1");
        assertThatThrownBy(() -> start(Map.of("V2__X.sql", FIRST, "V3__Y.sql", "select '${nobody}'")))
                .hasStackTraceContaining("No value provided for placeholder: ${nobody}");
    }

    @Test
    void anOlderJarMayBeTakenBack() {
        start(Map.of("V1__X.sql", FIRST));
        start(Map.of(
                "V1__X.sql",
                FIRST,
                "V2__Y.sql",
                "select 1",
                "R__View.sql",
                "create view all_of as select * from invoice"));

        start(Map.of("V1__X.sql", FIRST));

        assertThat(history()).containsExactly("V1__X.sql", "V2__Y.sql", "R__View.sql");
    }

    @Test
    void whatIsRepeatableRunsWheneverItHasChanged() {
        start(Map.of("R__View.sql", "create or replace view one as select 1 as n"));
        start(Map.of("R__View.sql", "create or replace view one as select 1 as n"));
        start(Map.of("R__View.sql", "create or replace view one as select 2 as n"));

        assertThat(history()).containsExactly("R__View.sql", "R__View.sql");
    }

    @Test
    void replicasThatStartAtOnceRunThemOnce() throws Exception {
        jar(Map.of("V1__X.sql", FIRST));
        try (var worker = worker().start();
                var replicas = Executors.newFixedThreadPool(8)) {
            db.jdbc().sql("drop table rpa_handler_acme_history, invoice").update();
            HandlerMigrations migrations = worker.bean(HandlerMigrations.class);
            Flyway flyway = worker.bean(Flyway.class);

            List<Callable<Void>> all = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        migrations.run(flyway);
                        return null;
                    })
                    .toList();

            for (var each : replicas.invokeAll(all)) {
                each.get();
            }
        }

        assertThat(history()).containsExactly("V1__X.sql");
    }

    private void start(Map<String, String> scripts) {
        jar(scripts);
        worker().start().close();
    }

    private void jar(Map<String, String> scripts) {
        var project = new HandlerProject().handler("acme.H", "plain", "");
        scripts.forEach((name, text) -> project.file("rpa-migration/acme/" + name, text));
        project.into(handlers.resolve("acme.jar"));
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db).property("rpa.handlers", handlers.toString()).flow("plain");
    }

    private List<String> history() {
        return db.jdbc()
                .sql("select script from rpa_handler_acme_history where type <> 'BASELINE' order by installed_rank")
                .query(String.class)
                .list();
    }
}
