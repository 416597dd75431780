package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MigrateCommandTests {

    private static final String AS_OWNER = "--spring.flyway.user=postgres";

    private final RpaDb db = Postgres.empty();

    @Test
    void bringsADatabaseUpToDateOnceItIsTold() {
        String url = "--spring.flyway.url=" + db.url();

        CommandRun asked = CommandRun.run(db, "migrate", url, AS_OWNER);
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.err()).contains("migrations are to be run, V006__", "Say --yes", "Nothing was done.");

        CommandRun dry = CommandRun.run(db, "migrate", "--dry-run", url, AS_OWNER);
        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).contains("these would be run:", "V006__Create_processing_queue.sql");
        assertThat(tables()).isZero();

        CommandRun done = CommandRun.run(db, "migrate", "--yes", url, AS_OWNER);
        assertThat(done.err()).isEmpty();
        assertThat(done.exitCode()).isZero();
        assertThat(tables()).isEqualTo(1);
    }

    @Test
    void switchedOffIsSaidBeforeAnythingIsAsked() {
        for (String option : List.of("--yes", "--dry-run")) {
            CommandRun run = CommandRun.run(db, "migrate", option, "--spring.flyway.enabled=false");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo(
                            "Migrations are switched off here: spring.flyway.enabled is false, so rpa_db is migrated by"
                                    + " other means. Nothing was done.\n");
        }
    }

    @Test
    void aSchemaThatIsNewerThanThisProgramIsNotCalledUpToDate() {
        Postgres.migrate(db.url());
        db.execute(
                "insert into rpa_worker_schema_history (installed_rank, version, description, type, script, checksum,"
                        + " installed_by, execution_time, success) values (900, '900', 'later', 'SQL', 'V900__later.sql', 1,"
                        + " 'postgres', 1, true)");

        CommandRun told = CommandRun.run(db, "migrate", "--spring.flyway.url=" + db.url(), AS_OWNER);
        assertThat(told.out())
                .startsWith("rpa_db is at version 900, which is newer than this program: it knows versions up to 0");
        assertThat(told.exitCode()).isZero();

        JsonNode json = CommandRun.run(
                        db, "migrate", "--dry-run", "--json", "--spring.flyway.url=" + db.url(), AS_OWNER)
                .json();
        assertThat(json.propertyNames()).containsExactly("before", "after", "known", "newer", "migrations", "dry_run");
        assertThat(json.path("before").asString()).isEqualTo("900");
        assertThat(json.path("newer").asBoolean()).isTrue();
    }

    // The worker's role need not be able to read the history.
    @Test
    void whatIsPendingIsReadByTheRoleThatMigrates() {
        Postgres.migrate(db.url());
        db.execute("revoke all on rpa_worker_schema_history from public, rpa_worker");

        CommandRun run = CommandRun.run(db, "migrate", "--dry-run", "--spring.flyway.url=" + db.url(), AS_OWNER);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("rpa_db is up to date, at version 0");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    private int tables() {
        return db.jdbc()
                .sql("select count(*) from pg_class where relname = 'processing_queue'")
                .query(Integer.class)
                .single();
    }
}
