package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.ThisProcess;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.Test;

class MaintenanceTests {

    private final RpaDb db = Postgres.migrated();

    @Test
    void theChoresGoOnAfterAnOutage() {
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.hikari.connection-timeout", "250")
                .property("rpa.maintenance.retry-interval", "100ms")
                .property("rpa.maintenance.leader-lease", "1s")
                .start()) {
            var leadership = worker.bean(Leadership.class);
            var process = worker.bean(ThisProcess.class);
            worker.until(() -> leadership.isLeader() && process.isSettled());

            // Until the lease is over the chores run into it several times.
            db.shut();
            worker.until(() -> process.replica().isEmpty());
            db.open();

            worker.until(leadership::isLeader);
        }
    }
}
