package io.rpaworker.worker;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the log says while rpa_db is away. */
@ExtendWith(OutputCaptureExtension.class)
class OutageLogTests {

    private final RpaDb db = Postgres.migrated();
    private final AtomicBoolean hubAnswers = new AtomicBoolean(true);

    /** Reads a hub. */
    private record Reading(String flow, AtomicBoolean hubAnswers)
            implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) {
            return hubAnswers.get() ? Outcome.completed(true) : Outcome.sourceUnavailable("away");
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("hub of " + flow, () -> {
                if (!hubAnswers.get()) {
                    throw new ConnectException("refused");
                }
            }));
        }
    }

    @Test
    void nothingSucceedsAgainBeforeItHasBeenAsked(CapturedOutput output) {
        try (var worker = TestWorker.on(db)
                .property("logging.level.io.rpaworker", "info")
                .property("spring.datasource.hikari.connection-timeout", "1000")
                .property("rpa.maintenance.retry-interval", "100ms")
                .property("rpa.worker.lease", "6s")
                .flow("plain")
                .flow("waiting")
                .bean(new Reading("plain", new AtomicBoolean(true)))
                .bean(new Reading("waiting", hubAnswers))
                .start()) {
            worker.until(worker.bean(Leadership.class)::isLeader);
            worker.until(() -> worker.bean(Heartbeat.class).isEstablished());

            db.shut();
            int began = output.getAll().length();
            worker.until(() -> said(output, began).contains("Polls of flow plain fail"));
            worker.until(() -> said(output, began).contains("Polls of flow waiting fail"));
            worker.until(() -> said(output, began).contains("Chore retries failed"));
            worker.until(() -> worker.bean(Heartbeat.class).lease().isEmpty());
            hubAnswers.set(false);
            Awaitility.await()
                    .during(Duration.ofSeconds(1))
                    .until(() -> !said(output, began).matches("(?s).*(succeed again|works again).*"));

            db.open();
            worker.until(() -> said(output, began).contains("Polls of flow plain succeed again"));
            worker.until(() -> said(output, began).contains("Heartbeats succeed again"));
            worker.until(() -> said(output, began).contains("Chore retries works again"));
        }
    }

    private static String said(CapturedOutput output, int since) {
        return output.getAll().substring(since);
    }
}
