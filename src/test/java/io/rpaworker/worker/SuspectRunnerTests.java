package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Network;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Records that were under way when a process died, or seemed to die. */
class SuspectRunnerTests {

    private static final String FLOW = "gated";
    private static final String OTHER = "other";

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch otherGate = new CountDownLatch(1);

    @Test
    void aSuspectIsOnlySaidToRunAloneWhenItDoes() {
        try (var worker = TestWorker.on(db)
                .flow(FLOW)
                .bean(Numbers.of(FLOW).waitingFor(gate))
                .flow(OTHER)
                .bean(Numbers.of(OTHER).waitingFor(otherGate))
                .start()) {
            db.insertPending(OTHER, 1);
            worker.until(() -> db.count(OTHER, "processing") == 1);
            db.jdbc()
                    .sql(
                            "insert into processing_queue (flow_name, payload, crash_count) values ('gated', '{\"n\": 1}', 2)")
                    .update();
            worker.until(() -> count("select count(*) from processing_claim where flow_name = 'gated'") == 1);
            assertThat(count("select count(*) from processing_claim where isolated"))
                    .isZero();

            otherGate.countDown();
            worker.until(() -> count("select count(*) from processing_claim where isolated") == 1);

            gate.countDown();
            worker.until(() -> db.count(FLOW, "completed") == 1 && count("select count(*) from processing_claim") == 0);
        }
    }

    @Test
    void aSuspectIsReadOnceItIsSaidToRunAlone() {
        db.jdbc().sql("""
                create table read_alone (isolated boolean);
                alter function read_payloads rename to read_payloads_at_once;
                create function read_payloads(claim uuid, ids bigint[], most_bytes bigint, most_payload bigint)
                    returns table (id bigint, key text, content text, flaw text) language plpgsql as $$
                begin
                    insert into read_alone select isolated from processing_claim where claim_id = claim;
                    return query select * from read_payloads_at_once(claim, ids, most_bytes, most_payload);
                end $$;
                """).update();
        gate.countDown();
        try (var worker = worker(db.url())) {
            db.jdbc()
                    .sql(
                            "insert into processing_queue (flow_name, payload, crash_count) values ('gated', '{\"n\": 1}', 2)")
                    .update();

            worker.until(() -> db.count(FLOW, "completed") == 1);
            assertThat(db.jdbc()
                            .sql("select isolated from read_alone")
                            .query(Boolean.class)
                            .list())
                    .containsExactly(true);
        }
    }

    @Test
    void aReplicaThatWasCutOffClearsItsRecordsOfSuspicion() {
        db.insertPending(FLOW, 10);
        // Once in a crash is nothing yet.
        db.jdbc().sql("update processing_queue set crash_count = 1").update();
        try (var network = new Network(db);
                var cutOff = worker(network.url())) {
            cutOff.until(() -> db.count(FLOW, "processing") == 10);
            try (var witness = worker(db.url())) {
                network.whileSilent(() -> witness.until(() -> suspects() == 10));
                // Nothing can be completed yet, so it is not by running alone that they are cleared. Each of the two
                // may
                // be at one that it had claimed by then.
                witness.until(() -> suspects() <= 2);
                assertThat(count("select count(*) from worker_instance where crashed"))
                        .isZero();

                gate.countDown();
                witness.until(() -> db.count(FLOW, "completed") == 10);
            }
        }
    }

    private TestWorker worker(String url) {
        return TestWorker.on(db)
                .property("spring.datasource.url", url)
                .property("spring.datasource.hikari.maximum-pool-size", "4")
                .property("rpa.worker.lease", "1s")
                .property("rpa.worker.heartbeat-interval", "100ms")
                .flow(FLOW)
                .bean(Numbers.of(FLOW).waitingFor(gate))
                .start();
    }

    private int suspects() {
        return count("select count(*) from processing_queue where crash_count > 1");
    }

    private int count(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
