package io.rpaworker.ops.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Reader;
import io.rpaworker.ops.Scrape;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Gauges that say that something does not go on. */
class StandstillMetersTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Reader READER = closed();
    private static final CountDownLatch GATE = new CountDownLatch(1);
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("rpa.maintenance.purge-interval", "200ms")
            .flow(Reader.FLOW)
            .flow("slow")
            .bean(READER)
            .bean(Numbers.of("slow").waitingFor(GATE))
            .start();

    @AfterAll
    static void close() {
        GATE.countDown();
        WORKER.close();
    }

    @Test
    void aFlowWaitsAsLongAsItsSourceDoesNotAnswer() {
        WORKER.until(() -> value("rpa_flow_waiting", "flow", Reader.FLOW) == 1);
        WORKER.until(() -> value("rpa_flow_waiting", "flow", "slow") == 0);

        READER.sourceAnswers.set(true);
        WORKER.until(() -> value("rpa_flow_waiting", "flow", Reader.FLOW) == 0);
    }

    @Test
    void theOldestCallThatRunsIsTold() {
        assertThat(value("rpa_call_age_seconds", "flow", "slow")).isZero();

        DB.insertPending("slow", 1);
        WORKER.until(() -> value("rpa_call_age_seconds", "flow", "slow") > 0.2);
        assertThat(value("rpa_call_age_seconds", "flow", Reader.FLOW)).isZero();

        GATE.countDown();
        WORKER.until(() -> value("rpa_call_age_seconds", "flow", "slow") == 0);
    }

    @Test
    void whatTheHeartbeatsLagIsComparedWithIsTold() {
        assertThat(value("rpa_lease_seconds")).isEqualTo(3);
    }

    @Test
    void totalsThatDifferedAreTold() {
        assertThat(value("rpa_totals_differed")).isZero();

        DB.execute("insert into queue_total values ('a', 10), ('b', -1);"
                + " update leader_term set expires_at = now() - interval '1 s'");
        WORKER.until(() -> value("rpa_totals_differed") == 2);
    }

    private static Reader closed() {
        var reader = new Reader();
        reader.sourceAnswers.set(false);
        return reader;
    }

    private static double value(String name, String... labels) {
        return Scrape.of(WORKER).value(name, labels);
    }
}
