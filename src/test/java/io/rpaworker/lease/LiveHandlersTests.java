package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveHandlersTests {

    private static final HandledBy ACME = new HandledBy("acme.H", "acme.jar", "1.0", null);
    private static final HandledBy OWN = new HandledBy("own.H", null, null, null);

    private final RpaDb db = Postgres.migrated();
    private final WorkerInstances instances = QueueParts.over(db).leases();
    private final LiveHandlers handlers = QueueParts.over(db).liveHandlers();

    @Test
    void whatLiveReplicasSayIsFoundByFlow() {
        register("one", Map.of("b", ACME, "a", OWN));
        register("two", Map.of());

        assertThat(handlers.find())
                .containsExactly(new LiveHandler("one", false, "a", OWN), new LiveHandler("one", false, "b", ACME));
    }

    @Test
    void replicasThatHaveEndedOrAreSilentDoNotCount() {
        WorkerInstance ended = register("ended", Map.of("a", OWN));
        instances.end(ended);
        register("silent", Map.of("a", OWN));
        db.jdbc()
                .sql("update worker_instance set lease_until = now() - interval '1 s' where host = 'silent'")
                .update();

        assertThat(handlers.find()).isEmpty();
    }

    @Test
    void aReplicaOfAReleaseThatDidNotSayIsTold() {
        register("old", Map.of("a", OWN));
        db.jdbc().sql("update worker_instance set handlers = null").update();

        assertThat(handlers.find()).containsExactly(new LiveHandler("old", false, null, null));
    }

    @Test
    void aReplicaHasSettledAfterTenMinutes() {
        register("one", Map.of("a", OWN));
        db.jdbc()
                .sql("update worker_instance set started_at = now() - interval '10 min 1 s'")
                .update();

        assertThat(handlers.find()).extracting(LiveHandler::settled).containsExactly(true);
    }

    private WorkerInstance register(String host, Map<String, HandledBy> handled) {
        WorkerInstance instance = WorkerInstance.startedOn(host, "test");
        instances.register(instance, Duration.ofSeconds(30), handled);
        return instance;
    }
}
