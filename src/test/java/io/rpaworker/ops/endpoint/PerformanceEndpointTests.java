package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerformanceEndpointTests {

    private static final int FIVE_MINUTES = 17;
    private static final int ONE_HOUR = 21;

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("rpa.access.users-file", Passwords.fileOfEveryRole())
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .start();

    private final Instant thisHour =
            DB.jdbc().sql("select now()").query(Instant.class).single().truncatedTo(ChronoUnit.HOURS);

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
                "/time_window_hours",
                "/processor_instance_id",
                "/overall_metrics/flow_name",
                "/overall_metrics/time_window/start_time",
                "/overall_metrics/time_window/end_time",
                "/overall_metrics/time_window/duration_hours",
                "/overall_metrics/total_processed",
                "/overall_metrics/completed_count",
                "/overall_metrics/failed_count",
                "/overall_metrics/success_rate_percent",
                "/overall_metrics/avg_processing_time_minutes",
                "/overall_metrics/avg_processing_rate_per_hour",
                "/flow_specific_metrics/f/flow_name",
                "/flow_specific_metrics/f/success_rate_percent",
                "/error_analysis/analysis_timestamp",
                "/error_analysis/time_window/start_time",
                "/error_analysis/total_errors",
                "/error_analysis/unique_error_types",
                "/error_analysis/errors_by_flow/f/0/error_message",
                "/error_analysis/errors_by_flow/f/0/error_count",
                "/error_analysis/errors_by_flow/f/0/first_occurrence",
                "/error_analysis/errors_by_flow/f/0/last_occurrence",
                "/error_analysis/top_errors/0/flow_name",
                "/error_analysis/top_errors/0/error_count",
                "/performance_trends/analysis_timestamp",
                "/performance_trends/time_window/end_time",
                "/performance_trends/trend_summary/total_hours_analyzed",
                "/performance_trends/trend_summary/peak_hour_processing",
                "/alerts",
                "/recommendations/0"
            })
    void hasEveryKeyOfTheOldSystem(String key) {
        settled("f", thisHour, 5, 1, FIVE_MINUTES, 60);
        failed("f", thisHour, "error", "a", 1);

        assertThat(get("").at(key).isMissingNode()).isFalse();
    }

    @Test
    void tellsWhatHappenedInATime() {
        settled("f", thisHour.minus(Duration.ofHours(3)), 80, 20, FIVE_MINUTES, 600);
        settled("g", thisHour.minus(Duration.ofHours(2)), 10, 0, ONE_HOUR, 600);
        settled("f", thisHour.minus(Duration.ofHours(1)), 1_000, 0, FIVE_MINUTES, 1);

        Answer answer = get(
                "?from=%s&to=%s".formatted(thisHour.minus(Duration.ofHours(3)), thisHour.minus(Duration.ofHours(1))));

        assertThat(answer.text("/overall_metrics/time_window/start_time"))
                .isEqualTo(thisHour.minus(Duration.ofHours(3)).toString());
        assertThat(answer.at("/time_window_hours").asDouble()).isEqualTo(2);
        assertThat(answer.at("/overall_metrics/total_processed").asInt()).isEqualTo(110);
        assertThat(answer.at("/overall_metrics/completed_count").asInt()).isEqualTo(90);
        assertThat(answer.at("/overall_metrics/failed_count").asInt()).isEqualTo(20);
        assertThat(answer.at("/overall_metrics/dead_letters_by_kind/error").asInt())
                .isEqualTo(20);
        assertThat(answer.at("/overall_metrics/success_rate_percent").asDouble())
                .isEqualTo(81.82);
        assertThat(answer.at("/overall_metrics/avg_processing_rate_per_hour").asDouble())
                .isEqualTo(55);
        assertThat(answer.at("/overall_metrics/avg_processing_time_minutes").asDouble())
                .isCloseTo(1200.0 / 110 / 60, within(0.01));
        assertThat(answer.at("/flow_specific_metrics/f/success_rate_percent").asDouble())
                .isEqualTo(80);
        assertThat(answer.at("/flow_specific_metrics/f/run_time/p99_seconds").asDouble())
                .isBetween(200.0, 500.0);
        assertThat(answer.at("/performance_trends/hourly_trends")).hasSize(2);
        assertThat(answer.at("/performance_trends/trend_summary/peak_hour_processing")
                        .asInt())
                .isEqualTo(100);
        assertThat(answer.text("/performance_trends/trend_summary/peak_hour"))
                .isEqualTo(thisHour.minus(Duration.ofHours(3)).toString());
        assertThat(answer.at("/performance_trends/hourly_trends/%s/flows/f/avg_processing_minutes"
                                .formatted(thisHour.minus(Duration.ofHours(3))))
                        .asDouble())
                .isEqualTo(0.1);
    }

    /** The old system alarmed "0.0 %" while nothing was to be done. */
    @Test
    void whatIsIdleIsNoAlarm() {
        Answer answer = get("");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/overall_metrics/total_processed").asInt()).isZero();
        assertThat(answer.at("/overall_metrics/success_rate_percent").asDouble())
                .isZero();
        assertThat(answer.at("/alerts")).isEmpty();
        assertThat(answer.at("/recommendations")).hasSize(1);
        assertThat(answer.text("/recommendations/0")).contains("acceptable");
    }

    @ParameterizedTest
    @CsvSource({"80, 20, WARNING: Success rate below target: 80.0 %", "79, 21, CRITICAL: Low success rate: 79.0 %"})
    void alarmsWhereTooFewSucceed(int completed, int dead, String alert) {
        settled("f", thisHour, completed, dead, 0, 1);

        assertThat(get("").text("/alerts/0")).startsWith(alert);
        assertThat(get("").at("/alerts")).hasSize(1);
    }

    @Test
    void nineOfTenAreEnough() {
        settled("f", thisHour, 90, 10, 0, 1);

        assertThat(get("").at("/alerts")).isEmpty();
    }

    @Test
    void namesTheFlowThatFailsAndTheOneThatIsSlow() {
        settled("bad", thisHour, 69, 31, 0, 1);
        settled("good", thisHour, 1_000, 0, 0, 1);
        settled("slow", thisHour, 10, 0, ONE_HOUR, 10 * 1801);

        Answer answer = get("");

        assertThat(answer.at("/alerts")).hasSize(2);
        assertThat(answer.text("/alerts/0")).isEqualTo("CRITICAL: Flow bad has a low success rate: 69.0 %");
        assertThat(answer.text("/alerts/1")).isEqualTo("WARNING: Flow slow has a long processing time: 30.0 min");
        assertThat(answer.at("/recommendations").toString()).contains("slow flows faster: slow", "success rate: bad");
    }

    /** Little to do is not the same as a backlog that nobody works off. */
    @Test
    void aLowRateIsOneOnlyWhileRecordsWait() {
        settled("f", thisHour, 5, 0, 0, 1);
        assertThat(get("").at("/alerts")).isEmpty();

        DB.insertPending("f", 3);
        assertThat(get("").at("/alerts")).as("just inserted").isEmpty();

        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '2 minutes'")
                .update();
        assertThat(get("").text("/alerts/0"))
                .startsWith("WARNING: Low processing rate")
                .contains("3 are pending");

        DB.jdbc()
                .sql("update processing_queue set available_at = now() + interval '1 day'")
                .update();
        assertThat(get("").at("/alerts")).isEmpty();
    }

    @Test
    void trendsAndCausesSayWhichWholeHoursTheyAreOf() {
        Answer answer = get("?time_window_hours=1");

        String hour = Instant.parse(answer.text("/overall_metrics/time_window/start_time"))
                .truncatedTo(ChronoUnit.HOURS)
                .toString();
        assertThat(answer.text("/performance_trends/time_window/start_time")).isEqualTo(hour);
        assertThat(answer.text("/error_analysis/time_window/start_time")).isEqualTo(hour);
    }

    /** What waits now says nothing of last night. */
    @Test
    void aTimeThatIsOverIsNotJudgedByWhatWaitsNow() {
        DB.insertOld("f", "pending", 3, "1 hour");

        assertThat(get("?from=%s&to=%s".formatted(thisHour.minus(Duration.ofHours(3)), thisHour))
                        .at("/alerts"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flow=",
                "flow_names=",
                "time_window_hours=",
                "from=",
                "to=",
                "include_error_analysis=",
                "flow=&flow_names=&from=&to=&time_window_hours="
            })
    void aParameterWithoutAValueIsNotGiven(String query) {
        assertThat(get("?" + query).status()).isEqualTo(200);
    }

    @Test
    void tellsCausesByFingerprintMostFrequentFirst() {
        for (int i = 0; i < 30; i++) {
            failed("f", thisHour, "error", "c" + i, i + 1);
        }
        failed("g", thisHour, "rejected", "only", 500);
        settled("f", thisHour, 1, 0, 0, 1);

        Answer answer = get("");

        assertThat(answer.at("/error_analysis/total_errors").asInt()).isEqualTo(465 + 500);
        assertThat(answer.at("/error_analysis/unique_error_types").asInt()).isEqualTo(31);
        assertThat(answer.at("/error_analysis/top_errors")).hasSize(10);
        assertThat(answer.text("/error_analysis/top_errors/0/fingerprint")).isEqualTo("only");
        assertThat(answer.at("/error_analysis/errors_by_flow/f")).hasSize(19);
        assertThat(answer.text("/error_analysis/errors_by_flow/f/0/fingerprint"))
                .isEqualTo("c29");
        assertThat(get("?flow_names=f,survey_processor")
                        .at("/error_analysis/total_errors")
                        .asInt())
                .isEqualTo(465);
        assertThat(get("?flow_names=f,survey_processor")
                        .at("/error_analysis/unique_error_types")
                        .asInt())
                .isEqualTo(30);
        assertThat(get("?include_error_analysis=false").at("/error_analysis")).isEmpty();
    }

    /** What a failure says may quote data; who it is that asks, nobody knows. */
    @Test
    void whatFailuresSayIsNotForEverybody() {
        failed("f", thisHour, "error", "a", 1);

        assertThat(get("").body()).doesNotContain("secret");
        assertThat(get("").at("/error_analysis/top_errors/0/error_message").isNull())
                .isTrue();
        assertThat(Management.getAs("viewer", WORKER, "/actuator/performance")
                        .text("/error_analysis/top_errors/0/error_message"))
                .isEqualTo("the secret");
    }

    @Test
    void anHourWithManyMoreErrorsThanTheMeanIsASpike() {
        for (int hour = 0; hour < 24; hour++) {
            failed("f", thisHour.minus(Duration.ofHours(hour)), "error", "a", hour == 5 ? 100 : 10);
            failed("f", thisHour.minus(Duration.ofHours(hour)), "timeout", "b", 10);
            failed("g", thisHour.minus(Duration.ofHours(hour)), "error", "a", hour == 5 ? 9 : 0);
        }

        Answer answer = get("");

        assertThat(answer.at("/error_analysis/spikes")).hasSize(1);
        assertThat(answer.text("/error_analysis/spikes/0/hour"))
                .isEqualTo(thisHour.minus(Duration.ofHours(5)).toString());
        assertThat(answer.text("/error_analysis/spikes/0/kind")).isEqualTo("error");
        assertThat(answer.at("/error_analysis/spikes/0/ratio").asDouble()).isBetween(7.0, 8.0);
    }

    @Test
    void anHourStandsOutAlsoWhereLittleMoreIsAskedFor() {
        failed("f", thisHour.minus(Duration.ofHours(2)), "error", "a", 100);
        failed("f", thisHour.minus(Duration.ofHours(9)), "error", "a", 90);

        Answer answer = get(
                "?from=%s&to=%s".formatted(thisHour.minus(Duration.ofHours(3)), thisHour.minus(Duration.ofHours(1))));

        assertThat(answer.at("/error_analysis/spikes")).hasSize(1);
        assertThat(answer.at("/error_analysis/spikes/0/mean_per_hour").asDouble())
                .isCloseTo(190 / 24.0, within(0.01));
    }

    /** As a job asks that runs each minute. */
    @Test
    void aTimeThatHasJustBegunIsNoFailure() {
        Instant now = DB.jdbc().sql("select now()").query(Instant.class).single();

        assertThat(get("?from=" + now.truncatedTo(ChronoUnit.MINUTES)).status()).isEqualTo(200);
        assertThat(get("?from=" + now).status()).isEqualTo(200);
    }

    /** Whole days are read as such, and the hours at both ends one by one. */
    @Test
    void causesOfSomeDaysAreThoseOfTheirHours() {
        for (int hour = 0; hour < 100; hour++) {
            failed("f", thisHour.minus(Duration.ofHours(hour)), "error", "a", hour + 1);
        }

        for (int hours : new int[] {1, 3, 20, 47, 70, 90}) {
            Answer answer = get("?from=%s&to=%s"
                    .formatted(thisHour.minus(Duration.ofHours(hours + 5)), thisHour.minus(Duration.ofHours(5))));

            int errors = IntStream.rangeClosed(6, hours + 5).map(it -> it + 1).sum();
            assertThat(answer.at("/error_analysis/total_errors").asInt())
                    .as("%d hours", hours)
                    .isEqualTo(errors);
            assertThat(answer.at("/overall_metrics/failed_attempts").asInt()).isEqualTo(errors);
        }
    }

    /** Causes are kept for 14 days: the mean of 400 would make a spike of each hour. */
    @Test
    void ofALongTimeTheMeanIsOfTheHoursThatAreKnown() {
        for (int hour = 0; hour < 14 * 24; hour++) {
            failed("f", thisHour.minus(Duration.ofHours(hour)), "error", "a", 20);
        }

        Answer answer = get("?time_window_hours=9600");

        assertThat(answer.at("/error_analysis/spikes")).isEmpty();
        assertThat(answer.at("/error_analysis/time_window/duration_hours").asDouble())
                .isBetween(335.0, 337.0);
        assertThat(get("?from=%s&to=%s"
                                .formatted(thisHour.minus(Duration.ofDays(30)), thisHour.minus(Duration.ofDays(20))))
                        .at("/error_analysis/total_errors")
                        .asInt())
                .isZero();
    }

    @Test
    void looksAtOneFlow() {
        settled("f", thisHour, 5, 0, 0, 1);
        settled("g", thisHour, 7, 0, 0, 1);
        settled("h", thisHour, 11, 0, 0, 1);
        failed("f", thisHour, "error", "a", 1);

        assertThat(get("?flow=g").at("/overall_metrics/completed_count").asInt())
                .isEqualTo(7);
        assertThat(get("?flow=g").at("/error_analysis/total_errors").asInt()).isZero();
        assertThat(get("?flow_names=f,g").at("/overall_metrics/completed_count").asInt())
                .isEqualTo(12);
        assertThat(get("?flow=nosuch").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "time_window_hours=0 | from 1 to 9600",
                "time_window_hours=9601 | from 1 to 9600",
                "timeWindowHours=x | Parameter time_window_hours is to be a whole number, not x",
                "time_window_hours=1&from=2026-01-01T00:00:00Z | not both",
                "flow=a%00b | a character that no record can have",
                "to=2026-01-01T00:00:00Z | Give from as well",
                "from=yesterday | Parameter from is to be a time such as",
                "from=2000-01-01T00:00:00Z | 400 days",
                "from=2100-01-01T00:00:00Z | not before now",
                "include_error_analysis=maybe | Parameter include_error_analysis is to be true or false",
                "hours=5 | There is no parameter hours here; there is flow, flow_names, from, include_error_analysis"
            })
    void refusesATimeThatMakesNoSense(String query, String reason) {
        Answer answer = get("?" + query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/status")).isEqualTo("failed");
        assertThat(answer.text("/error_type")).isEqualTo("invalid_parameter");
        assertThat(answer.text("/error")).contains(reason);
        assertThat(answer.at("/context").isObject()).isTrue();
        assertThat(Instant.parse(answer.text("/timestamp"))).isAfter("2026-01-01T00:00:00Z");
    }

    private static void settled(String flow, Instant hour, int completed, int dead, int bucket, double seconds) {
        for (String span : new String[] {"hour", "day"}) {
            DB.jdbc()
                    .sql("""
                            insert into flow_statistics (
                                flow_name, span, starts_at, completed, retried_error, retried_timeout, dead_error,
                                dead_timeout, dead_rejected,
                                dead_payload, dead_poison, released, wait_seconds, waits, run_seconds, runs)
                            select :flow, :span, date_trunc(:span, cast(:hour as timestamptz), 'UTC'), :completed, 0, 0, :dead, 0,
                                   0, 0, 0, 0, 0, array_fill(0, array[25]), :seconds,
                                   array(select case when n = :bucket then :completed + :dead else 0 end
                                         from generate_series(0, 24) n order by n)
                            on conflict (span, starts_at, flow_name) do update
                            set completed = flow_statistics.completed + excluded.completed,
                                dead_error = flow_statistics.dead_error + excluded.dead_error,
                                run_seconds = flow_statistics.run_seconds + excluded.run_seconds
                            """)
                    .param("flow", flow)
                    .param("span", span)
                    .param("hour", hour.toString())
                    .param("completed", completed)
                    .param("dead", dead)
                    .param("bucket", bucket)
                    .param("seconds", seconds)
                    .update();
        }
    }

    private static void failed(String flow, Instant hour, String kind, String fingerprint, int attempts) {
        if (attempts == 0) {
            return;
        }
        settled(flow, hour, 0, 0, 0, 0);
        String column = kind.equals("rejected") ? "dead_rejected" : "retried_" + kind;
        for (String span : new String[] {"hour", "day"}) {
            DB.jdbc()
                    .sql("""
                            with counted as (
                                update flow_statistics set %s = %s + :attempts
                                where flow_name = :flow and span = :span
                                  and starts_at = date_trunc(:span, cast(:hour as timestamptz), 'UTC'))
                            insert into failure_statistics
                            values (:flow, :span, date_trunc(:span, cast(:hour as timestamptz), 'UTC'), :kind, :fingerprint,
                                    :attempts, 0, cast(:hour as timestamptz), cast(:hour as timestamptz), 'the secret')
                            on conflict (span, starts_at, flow_name, kind, fingerprint) do update
                            set attempts = failure_statistics.attempts + excluded.attempts
                            """.formatted(column, column))
                    .param("flow", flow)
                    .param("span", span)
                    .param("hour", hour.toString())
                    .param("kind", kind)
                    .param("fingerprint", fingerprint)
                    .param("attempts", attempts)
                    .update();
        }
    }

    private static Answer get(String query) {
        return Management.get(WORKER, "/actuator/performance" + query);
    }
}
