package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.migration.OldDatabase;
import io.rpaworker.migration.OldDatabase.Shape;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar's start mode that only looks. */
class PreflightIT {

    private final RpaDb db = Postgres.empty();

    @TempDir
    Path folder;

    @Test
    void saysWhatWouldBecomeOfAnOldDatabase() {
        OldDatabase old = OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);
        old.run("create view report as select id, created_at from processing_queue");
        old.run("update processing_queue set completed_at = '2020-01-01' where id = 6");
        try (var worker = WorkerProcess.in(folder, db.url())
                .mode("preflight")
                .property("rpa.maintenance.retention.adopted", "2000d")
                .start()) {
            assertThat(worker.exitCode()).isZero();
            assertThat(worker.console())
                    .contains("Flows and settings are good; nothing was changed")
                    .contains("View public.report reads these columns")
                    .contains("Index idx_processing_queue_monitoring is the old system's")
                    .contains("Records that are failed: 12")
                    .contains("They become dead letters")
                    .contains("Records that are adopted and that retention deletes: 1")
                    .endsWith("The worker would start.\n")
                    .doesNotContain("REFUSED");
        }
        assertThat(db.jdbc()
                        .sql("select count(*) from pg_class where relname = 'rpa_worker_schema_history'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void endsWithOneWhereTheWorkerWouldNotStart() {
        OldDatabase.in(db, Shape.DOCUMENTED, OldDatabase.SIX)
                .run("create index mine on processing_queue (completed_at)");
        try (var worker = WorkerProcess.in(folder, db.url()).mode("preflight").start()) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console()).contains("REFUSED", "drop index mine;", "The worker would not start");
        }
    }

    @Test
    void aStartThatIsRefusedListsWhatIsInTheWay() {
        OldDatabase old = OldDatabase.in(db, Shape.DOCUMENTED, OldDatabase.SIX);
        old.run("create materialized view m as select id from processing_queue");
        old.run("create table worker_instance (id int)");
        String before = old.digest();
        try (var worker = WorkerProcess.in(folder, db.url()).start()) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console())
                    .contains("APPLICATION FAILED TO START", "nothing in it was touched")
                    .contains("drop materialized view m;")
                    .contains("alter table public.worker_instance rename to old_worker_instance;");
        }
        assertThat(old.digest()).isEqualTo(before);
    }

    @Test
    void aMistakeInTheSettingsIsFoundBeforeAnythingIsTouched() {
        OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);
        try (var worker = WorkerProcess.in(folder, db.url())
                .property("rpa.flows.invoice.enabled", "true")
                .start()) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console()).contains("rpa.flows.invoice is enabled, but no RecordHandler");
        }
        assertThat(db.jdbc()
                        .sql("select data_type from information_schema.columns"
                                + " where table_name = 'processing_queue' and column_name = 'id'")
                        .query(String.class)
                        .single())
                .isEqualTo("integer");
    }
}
