package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.ledger.LedgerHandler;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database. */
class ReplicasIT {

    private static final int RECORDS = 5_000;

    @TempDir
    Path folder;

    @TempDir
    Path otherFolder;

    @Test
    void startTogetherOnANewDatabaseAndShareTheWork() {
        RpaDb db = Postgres.empty();
        try (var one = start(folder, db);
                var other = start(otherFolder, db)) {
            one.until("both work", () -> bothWork(db));
            other.until("both work", () -> bothWork(db));
            Ledger ledger = Ledger.in(db);
            ledger.insert(RECORDS, 5);

            one.until("all are completed", () -> db.count(Ledger.FLOW, "completed") == RECORDS);

            assertThat(ledger.records()).isEqualTo(RECORDS);
            assertThat(ledger.entries()).isEqualTo(RECORDS);
            assertThat(ledger.count("select count(distinct flow_instance_id) from processing_queue"))
                    .isEqualTo(2);
        }
    }

    @Test
    void oneFinishesWhatTheOtherWasKilledOver() {
        RpaDb db = Postgres.migrated();
        Ledger ledger = Ledger.in(db);
        try (var one = start(folder, db);
                var other = start(otherFolder, db)) {
            one.until("both work", () -> bothWork(db));
            ledger.insert(RECORDS, 20);
            one.until("many are done", () -> ledger.records() > 500);

            one.kill();

            other.until("all are completed", () -> db.count(Ledger.FLOW, "completed") == RECORDS);
        }
        assertThat(ledger.records()).isEqualTo(RECORDS);
        assertThat(ledger.entries()).isEqualTo(RECORDS);
        assertThat(ledger.count("select count(*) from worker_instance where crashed"))
                .isEqualTo(1);
        // Something was under way when it died, and has run again.
        assertThat(ledger.count("select count(*) from processing_queue where crash_count = 1"))
                .isPositive();
    }

    private static boolean bothWork(RpaDb db) {
        return db.jdbc()
                                .sql("select case when to_regclass('worker_instance') is null then 0 else 1 end")
                                .query(Integer.class)
                                .single()
                        == 1
                && db.jdbc()
                                .sql("select count(*) from worker_instance")
                                .query(Integer.class)
                                .single()
                        == 2;
    }

    private static WorkerProcess start(Path folder, RpaDb db) {
        return WorkerProcess.in(folder, db.url())
                .handler(LedgerHandler.class)
                .property("rpa.flows.ledger.enabled", "true")
                .lease(Duration.ofSeconds(3))
                .start();
    }
}
