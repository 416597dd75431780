package io.rpaworker.faults;

import com.example.faults.LedgerHandler;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;

/** Workers with the handlers of the faults' tests, and so hasty that a fault and what mends it take seconds. */
final class FaultWorkers {

    static final Duration LEASE = Duration.ofSeconds(3);

    private FaultWorkers() {}

    /** Workers in a working directory, on a database. */
    static WorkerProcess.Builder in(Path folder, RpaDb db) {
        return in(folder, db.url());
    }

    /** Workers that reach their database through a proxy. */
    static WorkerProcess.Builder in(Path folder, DatabaseProxy proxy) {
        return in(folder, proxy.url());
    }

    private static WorkerProcess.Builder in(Path folder, String url) {
        return WorkerProcess.in(folder, url)
                .handler(LedgerHandler.class)
                .lease(LEASE)
                .property("spring.datasource.hikari.maximum-pool-size", "6")
                .property("rpa.flows.ledger.enabled", "true")
                .property("rpa.global.concurrency", "8")
                .property("rpa.global.batch-size", "20")
                .property("rpa.worker.watermark-sweep", "200ms")
                .property("rpa.worker.drain-timeout", "5s")
                .property("rpa.maintenance.retry-interval", "500ms");
    }
}
