package io.rpaworker.helm;

import static io.rpaworker.helm.Manifests.rendered;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.ops.Scrape;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two workers that a real Prometheus scrapes with the chart's rules: nothing fires while all is well, and then each
 * alert by what it is there for. What takes longer than a test may, or is the machine's, is left to promtool.
 */
@EnabledIf("io.rpaworker.helm.Promtool#isInstalled")
class AlertsFiredTests {

    // Of the machine that the tests run on, whatever the workers do.
    private static final List<String> OF_THE_MACHINE =
            List.of("ContainerHighCPUUsage", "ContainerHighMemoryUsage", "DiskSpaceLow");

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Set<String> fired = new TreeSet<>();
    private TestWorker first;
    private TestWorker second;
    private Prometheus prometheus;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        first = worker();
        second = worker();
        // A Prometheus that has just begun looks for its targets five seconds later.
        var overrides = Map.of("low_worker_count", Map.of("for", "10s"));
        var values = Map.of(
                "enabled",
                true,
                "selector",
                "job=\"rpa-worker\"",
                "for",
                "1s",
                "disabled",
                OF_THE_MACHINE,
                "overrides",
                overrides);
        AlertRules rules = AlertRules.of(rendered(Map.of("metrics", Map.of("prometheusRule", values))));
        db.insertPending("well", 100);
        first.until(() -> db.count("well", "completed") == 100);
        // The first answer takes a second, for which Prometheus does not wait.
        List.of(first, second).forEach(Scrape::of);
        prometheus = Prometheus.in(folder, rules, List.of(first.port(true), second.port(true)));
    }

    private TestWorker worker() {
        return TestWorker.on(db)
                .property("rpa.worker.lease", "9s")
                .property("rpa.monitoring.refresh-interval", "1s")
                .property("rpa.maintenance.purge-interval", "500ms")
                .property("rpa.flows.hangs.record-timeout", "500ms")
                .flow("well")
                .bean(Numbers.of("well"))
                .flow("rejects")
                .bean(Numbers.of("rejects").before(n -> {
                    throw new RecordRejectedException("none is good enough");
                }))
                .flow("closed")
                .bean(Numbers.of("closed").before(n -> {
                    throw new SourceUnavailableException("closed for the night");
                }))
                .flow("hangs")
                .bean(Numbers.of("hangs").before(n -> awaitWhateverComes()))
                .start();
    }

    private void awaitWhateverComes() {
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException ignored) {
                // as handlers do
            }
        }
    }

    @AfterEach
    void stop() {
        gate.countDown();
        prometheus.close();
        first.close();
        second.close();
    }

    @Test
    void nothingFiresWhileAllIsWellAndThenEachAlertByItsCause() throws IOException, SQLException {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> prometheus.value("min(count_over_time(rpa_leader[1m]))") >= 8);
        assertThat(prometheus.value("sum(up)")).isEqualTo(2);
        assertThat(prometheus.everFired()).isEmpty();

        db.insertPending("nobody", 1001);
        awaitFiring("ProcessingQueueBacklog");

        db.insertOld("nobody", "pending", 1, "2 hours");
        awaitFiring("old_pending_documents");

        db.insertPending("rejects", 600);
        awaitFiring(
                "HighErrorRate",
                "high_failure_rate",
                "LowSuccessRate",
                "VeryLowSuccessRate",
                "ManyFailedRecords",
                "VeryManyFailedRecords",
                "dead_letter_overflow");

        db.insertPending("closed", 1);
        awaitFiring("SourceUnavailable");

        db.insertPending("hangs", 1);
        awaitFiring("StuckCalls");

        leaveBehind(60);
        awaitFiring("OrphansRecovered", "ManyOrphansRecovered");

        db.execute("insert into queue_total values ('well', 10); update leader_term set expires_at = now() where name ="
                + " 'totals'");
        awaitFiring("TotalsDiffer");

        db.execute("update leader_term set holder = 'nobody', expires_at = now() + interval '1 hour'"
                + " where name = 'chores'");
        awaitFiring("NoLeader");

        exhaustThePool();

        db.shut();
        awaitFiring("HeartbeatLag", "DatabaseConnectionFailure");
        db.open();

        second.close();
        awaitFiring("ContainerDown");

        gate.countDown();
        first.close();
        awaitFiring("low_worker_count");
        assertThat(fired).hasSize(21);
    }

    /** Records of a replica that has died with them under way. */
    private void leaveBehind(int records) {
        db.insertReplica("dead");
        db.insertPending("left", records);
        db.expireLease("dead");
        db.jdbc().sql("""
                        with claimed as (
                            update processing_queue
                            set status = 'processing', claimed_at = now(), flow_name = 'well',
                                claim_id = '00000000-0000-0000-0000-000000000001'
                            where flow_name = 'left'
                            returning id, flow_name, claim_id
                        )
                        insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                        select claim_id, 'dead', flow_name, array_agg(id) from claimed group by claim_id, flow_name
                        """).update();
    }

    private void exhaustThePool() throws IOException, SQLException {
        var held = new ArrayList<Connection>();
        try {
            for (int i = 0; i < 16; i++) {
                held.add(first.bean(DataSource.class).getConnection());
            }
            awaitFiring("DatabaseHighConnections", "PoolExhausted");
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    private void awaitFiring(String... alerts) throws IOException {
        long began = System.nanoTime();
        Awaitility.await()
                .alias(String.join(", ", alerts))
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> names(prometheus.firing()).containsAll(List.of(alerts)));
        double seconds = (System.nanoTime() - began) / 1e9;
        for (JsonNode alert : prometheus.firing()) {
            if (fired.add(name(alert))) {
                System.out.printf(
                        "after %4.1f s: %-8s %s: %s%n",
                        seconds,
                        alert.at("/labels/severity").asString(),
                        name(alert),
                        alert.at("/annotations/description").asString());
            }
        }
    }

    private static Set<String> names(List<JsonNode> alerts) {
        return alerts.stream().map(AlertsFiredTests::name).collect(Collectors.toSet());
    }

    private static String name(JsonNode alert) {
        return alert.at("/labels/alertname").asString();
    }
}
