package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handlers that swallow errors, roll back and commit in their writes, in workers that are killed besides. */
class MeddlingIT {

    private static final int WORKERS = 2;
    private static final int RECORDS = 3_000;
    private static final List<String> DEEDS =
            List.of("swallow", "swallow-division", "rollback", "rollback-chain", "commit-connection", "close");

    // Completed without its effect or with two; an effect without a completion; an innocent one that failed.
    private static final String WRONG = """
            with effect as (select record_id, count(*) as times from fx_ledger group by record_id)
            select count(*)
            from processing_queue q
            left join effect e on e.record_id = q.id
            where q.flow_name = 'meddling'
              and case when q.status = 'completed' then e.times is distinct from 1 else e.times is not null end
            """;
    private static final String GUILTY = """
            select count(*) from processing_queue
            where flow_name = 'meddling' and payload ->> 'deed' <> 'savepoint' and status = 'completed'
            """;
    private static final String INNOCENT = """
            select count(*) from processing_queue
            where flow_name = 'meddling' and coalesce(payload ->> 'deed', 'savepoint') = 'savepoint'
              and (status <> 'completed' or retry_count > 0)
            """;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final RandomGenerator dice = Chaos.dice("meddling");
    private final List<WorkerProcess> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(WorkerProcess::close);
    }

    @Test
    @Tag("faults")
    void meddlingHandlersHarmOnlyTheirOwnRecords() {
        db.jdbc().sql("create table fx_taken (n int primary key)").update();
        db.jdbc().sql("insert into fx_taken values (1)").update();
        var worker = FaultWorkers.in(folder, db)
                .property("rpa.flows.meddling.enabled", "true")
                .property("rpa.flows.meddling.max-retries", "1")
                .property("rpa.maintenance.max-crashes", "100");
        for (int i = 0; i < WORKERS; i++) {
            workers.add(worker.start());
        }
        workers.forEach(WorkerProcess::working);
        int kills = 0;
        for (Chaos storm = Chaos.lasting(10); storm.goesOn() || kills < 3; kills++) {
            add();
            WorkerProcess victim = workers.get(dice.nextInt(workers.size()));
            victim.kill();
            workers.remove(victim);
            workers.add(worker.start().working());
        }
        workers.getFirst()
                .until("drained", () -> db.count("meddling", "pending") + db.count("meddling", "processing") == 0);

        FaultLedger.report(
                "meddling handlers",
                "%d kills, %d completed, %d dead letters, lost or doubled %d, guilty ones completed %d, innocent ones failed %d"
                        .formatted(
                                kills,
                                db.count("meddling", "completed"),
                                db.count("meddling", "failed"),
                                ledger.count(WRONG),
                                ledger.count(GUILTY),
                                ledger.count(INNOCENT)));
        assertThat(ledger.count(WRONG)).as("lost or doubled").isZero();
        assertThat(ledger.count(GUILTY)).as("guilty and completed").isZero();
        assertThat(ledger.count(INNOCENT)).as("innocent and failed").isZero();
        assertThat(db.count("meddling", "failed")).isPositive();
    }

    private void add() {
        ledger.add("meddling", RECORDS, 1, null);
        ledger.add("meddling", 20, 1, "savepoint");
        DEEDS.forEach(it -> ledger.add("meddling", 5, 1, it));
    }
}
