package io.rpaworker.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import io.rpaworker.ops.Reader;
import io.rpaworker.ops.Scrape;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Alerts and dashboard ask for what a running worker shows. */
class ShownMetricsTests {

    // Prometheus's own.
    private static final Set<String> NOT_OF_THE_WORKER = Set.of("up");

    private static final List<String> ROWS = List.of("Queue", "Work", "Failures", "Replicas", "Databases", "JVM");

    @Test
    void everyMetricOfAlertsAndDashboardIsThere() throws IOException {
        Set<String> asked = AlertRules.metrics(
                Stream.concat(AlertRules.ofTheFile().expressions().stream(), Dashboard.read().expressions().stream())
                        .toList());
        asked.removeAll(NOT_OF_THE_WORKER);
        Set<String> shown;
        RpaDb db = Postgres.migrated();
        db.execute("insert into run_schedule (flow_name, schedule, looked_until) values ('read', '-', now())");
        try (var worker = TestWorker.on(db)
                .flow(Reader.FLOW)
                .bean(new Reader())
                .bean(new Nothing())
                .start()) {
            worker.until(() -> shown(worker).containsAll(Set.of("rpa_queue_depth", "rpa_run_ticks_missed_total")));
            // The first scrape has been counted by now.
            shown = shown(worker);
        }

        assertThat(asked).hasSizeGreaterThan(40);
        assertThat(shown).containsAll(asked);
    }

    @Test
    void theDashboardHasARowForEachSubjectAndItsVariables() throws IOException {
        Dashboard dashboard = Dashboard.read();

        assertThat(dashboard.rows()).isEqualTo(ROWS);
        assertThat(dashboard.variables()).containsExactly("datasource", "namespace", "job", "flow");
        assertThat(dashboard.panels().map(it -> it.at("/id").asInt())).doesNotHaveDuplicates();
        assertThat(dashboard.expressions())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it).contains("{namespace=~\"$namespace\",job=~\"$job\""));
    }

    /** Finds no records for runs. */
    private static final class Nothing implements RecordSource<Map<String, Object>> {

        @Override
        public String flow() {
            return Reader.FLOW;
        }

        @Override
        public Page page(RunContext<Map<String, Object>> run, @Nullable String cursor, int size) {
            return Page.last(List.of());
        }
    }

    private static Set<String> shown(TestWorker worker) {
        return Scrape.of(worker).samples().stream()
                .map(Scrape.Sample::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
