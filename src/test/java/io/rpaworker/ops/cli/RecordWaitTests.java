package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class RecordWaitTests {

    private final RpaDb db = Postgres.migrated();

    // A nightly job that waits for its last record is not to fail because rpa_db is restarted.
    @Test
    void anOutageIsWaitedFor() {
        db.insertPending("f", 1);
        var out = new StringWriter();
        var err = new StringWriter();
        var terminal = Terminal.none(new PrintWriter(out), new PrintWriter(err));
        try (var threads = Executors.newSingleThreadExecutor()) {
            var waits = threads.submit(() -> OperatorCommands.run(
                    List.of(
                            "record",
                            "1",
                            "--wait",
                            "--timeout",
                            "60",
                            "--spring.datasource.url=" + db.url(),
                            "--spring.datasource.username=rpa_worker"),
                    terminal,
                    its -> {
                        throw new IllegalStateException();
                    }));
            await().until(this::hasLooked);
            db.shut();
            await().atMost(Duration.ofSeconds(30)).until(() -> err.toString().contains(". Waiting on.\n"));
            db.open();
            db.execute("update processing_queue set status = 'completed', completed_at = now() where id = 1");

            assertThat(waits).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0);
        }
        assertThat(err.toString())
                .startsWith("rpa_db does not answer")
                .endsWith("rpa_db answers again.\n")
                .hasLineCount(2);
        assertThat(out.toString()).startsWith("Record 1 of flow f is completed");
    }

    @Test
    void aDatabaseThatNeverAnsweredIsNotWaitedFor() {
        db.shut();

        CommandRun run = CommandRun.run(db, "record", "1", "--wait");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("rpa_db does not answer: ").hasLineCount(1);
    }

    private boolean hasLooked() {
        return db.jdbc()
                        .sql("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and application_name = 'rpa' and state = 'idle' and query = 'COMMIT'")
                        .query(Integer.class)
                        .single()
                > 0;
    }
}
