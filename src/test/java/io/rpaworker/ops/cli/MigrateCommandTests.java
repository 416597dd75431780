package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import org.junit.jupiter.api.Test;

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

    private int tables() {
        return db.jdbc()
                .sql("select count(*) from pg_class where relname = 'processing_queue'")
                .query(Integer.class)
                .single();
    }
}
