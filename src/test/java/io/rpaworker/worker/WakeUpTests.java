package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.PgBouncer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** How idle flows learn of new records. */
@ExtendWith(OutputCaptureExtension.class)
class WakeUpTests {

    private static final String FLOW = "sleeper";
    private static final String WARNING = "No wake-ups, polling alone";

    private final RpaDb db = Postgres.migrated();

    record Anything() {}

    private static final class Sleeper implements RecordHandler<Anything, String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<String> handle(WorkRecord<Anything> record) {
            return Outcome.completed("done");
        }
    }

    // A poll or a probe would come half a minute later at the earliest.
    @Test
    void aRecordThatIsInsertedOnAnIdleQueueStartsAtOnce() {
        try (var worker = worker().property("rpa.global.poll-interval", "1m").start()) {
            worker.until(() -> wakeUps(worker) == WakeUpMode.LISTENING && isIdle(worker));
            assertThat(listening()).isEqualTo(1);

            insert();

            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    // Nobody is told of a record that comes back: it must be looked for. The poller's own poll would take two minutes.
    @Test
    void aRecordThatIsPendingAgainIsFoundByLooking() {
        try (var worker = worker().property("rpa.global.poll-interval", "2s").start()) {
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 1 && wakeUps(worker) == WakeUpMode.LISTENING);
            worker.until(() -> isIdle(worker));

            db.jdbc()
                    .sql("set rpa.reopen = on; update processing_queue set status = 'pending', payload = '{}'")
                    .update();

            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    // The other listeners may not run the flow at all. They would let this one look every fifth time.
    @Test
    void aFlowWithALimitIsLookedAtEachTimeHoweverManyListen() throws InterruptedException {
        for (int other = 0; other < 9; other++) {
            db.insertReplica("other-" + other);
        }
        db.jdbc().sql("update worker_instance set listening = true").update();
        try (var worker = worker().property("rpa.global.poll-interval", "5s")
                .property("rpa.flows.sleeper.rate-limit", "100")
                .start()) {
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 1 && wakeUps(worker) == WakeUpMode.LISTENING);
            // It has looked once, and knows of the others.
            Thread.sleep(Duration.ofSeconds(6));

            db.jdbc()
                    .sql("set rpa.reopen = on; update processing_queue set status = 'pending', payload = '{}'")
                    .update();

            Awaitility.await().atMost(Duration.ofSeconds(12)).until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    // It is neither notified, since nobody listens yet, nor is it there for a poll that comes too early.
    @Test
    void aRecordThatIsInsertedWhileTheReplicaBeginsToListenStartsAtOnce() {
        db.jdbc().sql("""
                        create function insert_between() returns trigger language plpgsql as $$
                        begin
                            insert into processing_queue (flow_name, payload) values ('sleeper', '{}');
                            perform pg_sleep(0.5);
                            return new;
                        end $$
                        """).update();
        db.jdbc()
                .sql("create trigger insert_between before update of listening on worker_instance"
                        + " for each row when (new.listening) execute function insert_between()")
                .update();

        try (var worker = worker().property("rpa.global.poll-interval", "1m").start()) {
            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    @Test
    void anIdentityThatIsTakenLaterListensToo() {
        try (var worker = worker().property("rpa.global.poll-interval", "1m").start()) {
            worker.until(() -> listening() == 1);
            String first = worker.bean(Heartbeat.class).instance().orElseThrow().id();

            db.expireLease(first);
            db.jdbc().sql("update worker_instance set ended_at = now()").update();

            worker.until(() -> listening() == 1);
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    @Test
    void wakeUpsThatAreOffCostInsertsNothing(CapturedOutput output) {
        try (var worker = worker().property("rpa.worker.wake-up", "false").start()) {
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 1 && isIdle(worker));
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 2);

            assertThat(wakeUps(worker)).isEqualTo(WakeUpMode.OFF);
            assertThat(listening()).isZero();
            assertThat(listeners()).isZero();
        }
        assertThat(output).doesNotContain(WARNING);
    }

    // The pooler mostly lends the same connection twice, so whoever listens there and notifies there hears himself.
    @Test
    void behindATransactionPoolerThatIsFoundOutAndPollingDoes(CapturedOutput output) {
        assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
        try (var pooler = PgBouncer.before(db);
                var worker = worker().property("spring.datasource.url", pooler.url())
                        .property("spring.datasource.hikari.data-source-properties.prepareThreshold", "0")
                        .property("spring.datasource.hikari.data-source-properties.options", "")
                        .start()) {
            worker.until(() -> output.getAll().contains(WARNING));
            assertThat(wakeUps(worker)).isEqualTo(WakeUpMode.POLLING);
            assertThat(listening()).isZero();

            insert();

            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
        assertThat(output.getAll().split(WARNING, -1)).hasSize(2);
    }

    @Test
    void aListenerWhoseConnectionIsLostListensAgain() {
        try (var worker = worker().property("rpa.global.poll-interval", "1m").start()) {
            worker.until(() -> listening() == 1);

            db.jdbc()
                    .sql("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where datname = current_database() and query = 'listen rpa_records'")
                    .query(Boolean.class)
                    .list();

            worker.until(() -> wakeUps(worker) == WakeUpMode.POLLING && listening() == 0);
            worker.until(() -> wakeUps(worker) == WakeUpMode.LISTENING && listening() == 1);
            insert();
            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
    }

    @Test
    void theListenersConnectionIsSetUpLikeThePools() {
        try (var worker = worker().start()) {
            worker.until(() -> wakeUps(worker) == WakeUpMode.LISTENING);

            assertThat(listeners()).isEqualTo(1);
        }
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db)
                .property("spring.datasource.hikari.data-source-properties.ApplicationName", "rpa-trial")
                .flow(FLOW)
                .bean(new Sleeper());
    }

    private void insert() {
        db.insert(FLOW, "pending", 1);
    }

    private static WakeUpMode wakeUps(TestWorker worker) {
        return worker.bean(Worker.class).wakeUps();
    }

    private static boolean isIdle(TestWorker worker) {
        Duration patience = Duration.ofMillis(200);
        return worker.bean(Worker.class).flows().stream()
                .allMatch(it -> it.sinceLastPoll().compareTo(patience) > 0);
    }

    private int listening() {
        return db.jdbc()
                .sql("select count(*) from worker_instance where listening and ended_at is null")
                .query(Integer.class)
                .single();
    }

    private int listeners() {
        return db.jdbc()
                .sql("select count(*) from pg_stat_activity where datname = current_database()"
                        + " and application_name = 'rpa-trial' and query = 'listen rpa_records'")
                .query(Integer.class)
                .single();
    }
}
