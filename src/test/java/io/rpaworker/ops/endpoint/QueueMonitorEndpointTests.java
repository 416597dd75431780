package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueMonitorEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .start();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
        DB.empty("flow_statistics", "failure_statistics");
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    /** The old system's, each under its name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/monitoring_timestamp",
                "/processor_instance_id",
                "/overall_queue_status/total_records",
                "/overall_queue_status/pending_records",
                "/overall_queue_status/processing_records",
                "/overall_queue_status/completed_records",
                "/overall_queue_status/failed_records",
                "/overall_queue_status/flow_name",
                "/overall_queue_status/by_flow/a/pending",
                "/overall_queue_status/by_flow/a/processing",
                "/overall_queue_status/by_flow/a/completed",
                "/overall_queue_status/by_flow/a/failed",
                "/overall_queue_status/by_flow/a/total",
                "/flow_specific_metrics/a/total_records",
                "/flow_specific_metrics/a/pending_records",
                "/flow_specific_metrics/a/processing_records",
                "/flow_specific_metrics/a/completed_records",
                "/flow_specific_metrics/a/failed_records",
                "/flow_specific_metrics/a/flow_name",
                "/queue_health_assessment/queue_health",
                "/queue_health_assessment/health_score",
                "/queue_health_assessment/total_records",
                "/queue_health_assessment/failed_rate_percent",
                "/queue_health_assessment/processing_rate_percent",
                "/queue_health_assessment/assessment_timestamp",
                "/operational_alerts",
                "/recommendations/0"
            })
    void hasEveryKeyOfTheOldSystem(String key) {
        DB.insert("a", "pending", 1);

        assertThat(get("").at(key).isMissingNode()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, idle, 100",
        "10, 10, 60, 20, degraded, 50",
        "10, 10, 59, 21, critical, 25",
        "10, 10, 70, 10, healthy, 90",
        "10, 10, 69, 11, degraded, 50",
        "0, 80, 20, 0, healthy, 90",
        "0, 81, 19, 0, overloaded, 60",
        "0, 85, 0, 15, degraded, 50",
        "0, 0, 5, 0, healthy, 90"
    })
    void isWhatTheOldTableSays(int pending, int processing, int completed, int failed, String health, int score) {
        DB.insert("a", "pending", pending);
        DB.insert("a", "processing", processing);
        DB.insert("a", "completed", completed);
        DB.insert("a", "failed", failed);

        Answer answer = get("");

        assertThat(answer.text("/queue_health_assessment/queue_health")).isEqualTo(health);
        assertThat(answer.at("/queue_health_assessment/health_score").asInt()).isEqualTo(score);
    }

    /** The figures of the old code on its own table. */
    @Test
    void tellsTheSharesThatTheOldSystemTold() {
        DB.insert("a", "completed", 60);
        DB.insert("a", "failed", 15);
        DB.insert("b", "processing", 15);
        DB.insert("b", "pending", 10);

        Answer answer = get("");

        assertThat(answer.text("/queue_health_assessment/queue_health")).isEqualTo("degraded");
        assertThat(answer.at("/queue_health_assessment/failed_rate_percent").asDouble())
                .isEqualTo(15);
        assertThat(answer.at("/queue_health_assessment/processing_rate_percent").asDouble())
                .isEqualTo(15);
        assertThat(answer.at("/operational_alerts")).hasSize(1);
        assertThat(answer.text("/operational_alerts/0")).startsWith("WARNING").contains("failure rate", "15.0 %");
        assertThat(answer.text("/recommendations/0")).contains("causes of the failures");
    }

    /** After a month of success, a night in which every third record fails was out of the old shares' reach. */
    @Test
    void aBadNightIsSeenBehindAMonthOfSuccess() {
        DB.insert("a", "completed", 1_000);
        DB.insert("a", "failed", 10);
        settled("a", "hour", "1 hour", 20, 10);

        Answer answer = get("");

        assertThat(answer.text("/queue_health_assessment/queue_health")).isEqualTo("critical");
        assertThat(answer.at("/queue_health_assessment/recent_failed_rate_percent")
                        .asDouble())
                .isBetween(33.3, 33.4);
        assertThat(answer.text("/operational_alerts/0"))
                .startsWith("CRITICAL")
                .contains("failure rate: 33.3 % of what finished in the last 24 h");
        assertThat(answer.at("/last_hours/dead_letters").asInt()).isEqualTo(10);
        assertThat(answer.at("/last_hours/completed").asInt()).isEqualTo(20);
    }

    @Test
    void whatFailedTwoDaysAgoIsNotRecent() {
        DB.insert("a", "completed", 100);
        settled("a", "hour", "2 days", 0, 10);

        assertThat(get("").text("/queue_health_assessment/queue_health")).isEqualTo("healthy");
    }

    @Test
    void warnsOfABacklogAndOfManyUnderWayBeyondTheThresholds() {
        DB.insert("a", "pending", 1_000);
        DB.insert("a", "processing", 100);
        assertThat(get("").at("/operational_alerts")).isEmpty();
        DB.insert("a", "pending", 1);
        DB.insert("a", "processing", 1);

        Answer answer = get("");

        assertThat(answer.at("/operational_alerts")).hasSize(2);
        assertThat(answer.text("/operational_alerts/0")).startsWith("WARNING").contains("backlog", "1001");
        assertThat(answer.text("/operational_alerts/1")).startsWith("WARNING").contains("processing state", "101");
        assertThat(answer.at("/recommendations")).hasSize(2);
    }

    @Test
    void namesTheFlowThatFails() {
        DB.insert("good", "completed", 99);
        DB.insert("bad", "failed", 2);
        DB.insert("bad", "completed", 1);

        assertThat(get("").text("/operational_alerts/0")).startsWith("CRITICAL").contains("bad", "66.7 %");
        assertThat(get("?include_detailed_metrics=false").at("/operational_alerts"))
                .isEmpty();
        assertThat(get("?flow_names=good").at("/operational_alerts")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flow_names=b", "flowNames=b"})
    void looksAtSomeFlows(String query) {
        DB.insert("a", "completed", 1);
        DB.insert("b", "completed", 2);

        Answer answer = get("?" + query);

        assertThat(answer.at("/flow_specific_metrics").propertyNames()).containsExactly("b");
        assertThat(answer.at("/overall_queue_status/total_records").asInt()).isEqualTo(3);
    }

    @Test
    void leavesFlowsOutIfNobodyAsksForThem() {
        DB.insert("a", "completed", 1);

        assertThat(get("?include_detailed_metrics=false").at("/flow_specific_metrics"))
                .isEmpty();
    }

    @Test
    void aFlowThatNobodyKnowsIsNotFound() {
        Answer answer = get("?flow_names=nosuch");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/context/flow_name")).isEqualTo("nosuch");
    }

    private static void settled(String flow, String span, String ago, int completed, int dead) {
        DB.jdbc()
                .sql("""
                        insert into flow_statistics (
                            flow_name, span, starts_at, completed, retried_error, retried_timeout, dead_error,
                                dead_timeout, dead_rejected,
                            dead_payload, dead_poison, released, wait_seconds, waits, run_seconds, runs)
                        values (
                            :flow, :span, date_trunc(:span, now() - cast(:ago as interval), 'UTC'), :completed, 0, 0, :dead, 0,
                            0, 0, 0, 0, 0, array_fill(0, array[25]), 0, array_fill(0, array[25]))
                        """)
                .param("flow", flow)
                .param("span", span)
                .param("ago", ago)
                .param("completed", completed)
                .param("dead", dead)
                .update();
    }

    private static Answer get(String query) {
        return Management.get(WORKER, "/actuator/queuemonitor" + query);
    }
}
