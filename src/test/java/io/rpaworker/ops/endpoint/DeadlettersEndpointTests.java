package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DeadlettersEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("rpa.access.users-file", Passwords.fileOfEveryRole())
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .start();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    private static void insert(String flow, int count, String kind, String error, String failedAt) {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, failure_kind, failure_fingerprint,"
                        + " error_message, retry_count, failed_at) select :flow, '{\"secret\": 1}', 'failed', :kind,"
                        + " md5(:error), :error, 3, " + failedAt + " from generate_series(1, :count)")
                .param("flow", flow)
                .param("kind", kind)
                .param("error", error)
                .param("count", count)
                .update();
    }

    private static void insert(String flow, int count) {
        insert(flow, count, "error", "no such survey", "now()");
    }

    @Test
    void nothingIsDead() {
        assertThat(get("").body()).isEqualTo("{\"dead_letters\":[]}");
        assertThat(get("/groups").body()).isEqualTo("{\"groups\":[]}");
        assertThat(get("/analysis").body())
                .isEqualTo(
                        "{\"total_dead_letters\":0,\"oldest_dead_letter\":null,\"newest_dead_letter\":null,\"avg_retry_count\":0.0,"
                                + "\"by_kind\":{},\"by_flow\":{},\"temporal_patterns\":[],\"error_patterns\":[],\"suggestions\":[]}");
    }

    @Test
    void tellsOfEachAllButItsPayload() {
        insert("invoices", 1, "rejected", "no such survey", "'2026-01-02T03:04:05.000006Z'");

        JsonNode one = get("").at("/dead_letters/0");

        assertThat(one.propertyNames())
                .containsExactly(
                        "id",
                        "flow_name",
                        "record_key",
                        "run_id",
                        "failure_kind",
                        "fingerprint",
                        "error_message",
                        "attempts",
                        "crash_count",
                        "created_at",
                        "failed_at");
        assertThat(one.at("/failed_at").asString()).isEqualTo("2026-01-02T03:04:05.000006Z");
        assertThat(one.at("/failure_kind").asString()).isEqualTo("rejected");
        assertThat(get("").body()).doesNotContain("secret");
    }

    /** Many fail at one moment: within it the ids say where a page ends. */
    @ParameterizedTest
    @ValueSource(strings = {"now()", "now() - make_interval(secs => generate_series % 7)", "'infinity'", "'-infinity'"})
    void pageByPageEachIsToldOnce(String failedAt) {
        insert("invoices", 23, "error", "no such survey", failedAt);
        var ids = new ArrayList<Integer>();
        String after = "";
        int pages = 0;
        do {
            Answer page = get("?limit=5" + after);
            page.at("/dead_letters").forEach(it -> ids.add(it.at("/id").asInt()));
            after = page.at("/next").isMissingNode() ? "" : "&after=" + page.text("/next");
            pages++;
        } while (!after.isEmpty());

        assertThat(ids).hasSize(23).doesNotHaveDuplicates();
        assertThat(pages).isEqualTo(5);
    }

    @Test
    void aFullLastPageHasNoNext() {
        insert("invoices", 200);

        assertThat(get("").at("/dead_letters").size()).isEqualTo(50);
        assertThat(get("?limit=200").at("/dead_letters").size()).isEqualTo(200);
        assertThat(get("?limit=200").at("/next").isMissingNode()).isTrue();
        assertThat(get("?limit=199").at("/next").isMissingNode()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "flow=invoices, 3",
        "flow=invoice, 0",
        "kind=rejected, 2",
        "kind=Rejected, 2",
        "kind=poison, 0",
        "error=SUCH, 3",
        "error=%25, 1",
        "fingerprint=x, 0",
        "failed_from=2026-01-01T00:00:00Z, 3",
        "failedFrom=2026-01-01T00:00:00Z, 3",
        "failed_before=2026-01-01T00:00:00Z, 2",
        "run_id=7, 0",
        "flow=&kind=&error=&fingerprint=&failed_from=&failed_before=&run_id=, 5"
    })
    void theListTheGroupsAndTheAnalysisAreOfWhatIsMeant(String query, int expected) {
        insert("invoices", 3);
        insert("surveys", 1, "rejected", "100 % wrong", "'2025-01-01T00:00:00Z'");
        insert("surveys", 1, "rejected", "bad", "'2025-01-01T00:00:00Z'");

        assertThat(get("?" + query).at("/dead_letters").size()).isEqualTo(expected);
        assertThat(get("/analysis?" + query).at("/total_dead_letters").asInt()).isEqualTo(expected);
        int grouped = 0;
        for (JsonNode group : get("/groups?" + query).at("/groups")) {
            grouped += group.at("/count").asInt();
        }
        assertThat(grouped).isEqualTo(expected);
    }

    @Test
    void groupsByCause() {
        insert("invoices", 4, "error", "no such survey", "'2026-01-02T03:04:05Z'");
        insert("invoices", 1, "error", "bad", "'2026-01-03T03:04:05Z'");

        JsonNode first = get("/groups").at("/groups/0");

        assertThat(get("/groups").at("/groups").size()).isEqualTo(2);
        assertThat(first.at("/count").asInt()).isEqualTo(4);
        assertThat(first.at("/sample_ids").toString()).isEqualTo("[4,3,2]");
        assertThat(first.at("/sample_error").asString()).isEqualTo("no such survey");
        assertThat(first.at("/first_seen").asString()).isEqualTo("2026-01-02T03:04:05Z");
    }

    @Test
    void analysesWhatTheyHaveInCommon() {
        insert("invoices", 2, "error", "no such survey", "now()");
        insert("surveys", 1, "rejected", "bad", "now() - interval '8 days'");
        DB.insert("surveys", "completed", 3);

        Answer answer = get("/analysis");

        assertThat(answer.at("/total_dead_letters").asInt()).isEqualTo(3);
        assertThat(answer.at("/avg_retry_count").asDouble()).isEqualTo(3.0);
        assertThat(answer.at("/by_kind").toString()).isEqualTo("{\"error\":2,\"rejected\":1}");
        assertThat(answer.at("/by_flow").toString()).isEqualTo("{\"invoices\":2,\"surveys\":1}");
        assertThat(answer.at("/temporal_patterns").size()).isOne();
        assertThat(answer.text("/temporal_patterns/0/hour")).matches("....-..-..T..:00:00Z");
        assertThat(answer.at("/temporal_patterns/0/failure_count").asInt()).isEqualTo(2);
        assertThat(answer.at("/error_patterns/0/sample_ids").toString()).isEqualTo("[2,1]");
        assertThat(answer.at("/suggestions").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10, 5, no such survey, error, ''",
        "11, 0, no such survey, error, source_configuration high",
        "6, 0, Read timeout, error, infrastructure high",
        "5, 0, Read timeout, error, ''",
        "6, 0, CONNECTION refused, error, infrastructure high",
        "6, 0, Took longer than 5 min, timeout, infrastructure high",
        "6, 0, cannot parse it, error, parser_configuration medium",
        "6, 0, unknown format, error, parser_configuration medium",
        "6, 0, out of memory, error, resource_scaling high",
        "5, 0, out of resources, error, ''"
    })
    void suggestsWhatToLookAt(int count, int others, String error, String kind, String expected) {
        insert("invoices", count, kind, error, "now()");
        insert("surveys", others);

        var told = new ArrayList<String>();
        get("/analysis")
                .at("/suggestions")
                .forEach(it -> told.add(
                        it.at("/type").asString() + " " + it.at("/priority").asString()));

        assertThat(told).isEqualTo(expected.isEmpty() ? List.of() : List.of(expected));
    }

    @Test
    void anHourAboveThreeTimesTheMeanIsASpike() {
        for (int hour = 1; hour <= 9; hour++) {
            insert(
                    "f" + hour,
                    1,
                    "error",
                    "bad",
                    "date_trunc('hour', now(), 'UTC') - interval '%d hours'".formatted(hour));
        }
        for (int i = 0; i < 4; i++) {
            insert("g" + i, 1, "error", "bad", "date_trunc('hour', now(), 'UTC')");
        }

        // 13 in 10 hours.
        assertThat(get("/analysis").at("/suggestions/0/type").asString()).isEqualTo("incident_investigation");
        assertThat(get("/analysis").at("/suggestions/0/spike_ratio").asDouble()).isEqualTo(3.1);

        DB.jdbc().sql("delete from processing_queue where flow_name = 'g0'").update();
        // 12 in 10 hours, and 3 are less than three times that.
        assertThat(get("/analysis").at("/suggestions").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "?limit=0, limit",
        "?limit=201, limit",
        "?limit=x, limit",
        "?limit=99999999999999999999, limit",
        "?after=x, after",
        "?after=%00, after",
        "?after=MjAyNg, after",
        "?kind=none, kind",
        "?run_id=1.5, run_id",
        "?failed_from=yesterday, failed_from",
        "?failed_before=%2B999999999-01-01T00:00:00Z, failed_before",
        "?flow=a%00, flow",
        "?error=%00, error",
        "?fingerprint=%00, fingerprint",
        "?flwo=x, flwo",
        "/groups?limit=1, limit",
        "/analysis?after=x, after"
    })
    void refusesWhatMakesNoSense(String query, String parameter) {
        Answer answer = ask(query);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("/error_type")).isEqualTo("invalid_parameter");
        assertThat(answer.text("/context/parameter")).isEqualTo(parameter);
    }

    @Test
    void thereAreNoOtherViews() {
        assertThat(ask("/gruops").status()).isEqualTo(404);
        assertThat(ask("/gruops").text("/context/view")).isEqualTo("gruops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"' or true --", "%", "\"", "naïve ☃ 𝄞", "%s %d", "(", "a|b", "\\"})
    void anyTextIsTakenAsItIs(String odd) {
        insert(odd, 1, "error", odd, "now()");
        insert("other", 11, "error", "bad", "now()");
        String query = "?flow=%1$s&error=%1$s".formatted(URLEncoder.encode(odd, StandardCharsets.UTF_8));

        assertThat(get(query).at("/dead_letters").size()).isOne();
        assertThat(get("/groups" + query).text("/groups/0/sample_error")).isEqualTo(odd);
        assertThat(get("/analysis" + query).at("/total_dead_letters").asInt()).isOne();
    }

    /** A bound for a crowded machine; an idle one takes a tenth of it. */
    @Test
    void tenThousandInFortyGroupsAreToldQuickly() {
        DB.jdbc().sql("""
                        insert into processing_queue (flow_name, payload, status, failure_kind, failure_fingerprint,
                            error_message, retry_count, failed_at)
                        select 'f' || n % 8, '{}', 'failed', case n % 5 when 0 then 'error' else 'rejected' end,
                               md5((n % 40)::text), 'Cause ' || n % 40 || repeat(' at com.example.Some.frame', 100), 3,
                               now() - make_interval(mins => n)
                        from generate_series(1, 10000) n
                        """).update();
        DB.jdbc().sql("analyze processing_queue").update();
        for (String path : List.of("", "?flow=f3&error=CAUSE", "/groups", "/analysis")) {
            get(path);
            long asked = System.nanoTime();
            get(path);
            Duration took = Duration.ofNanos(System.nanoTime() - asked);

            assertThat(took).as(path).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(get("/groups").at("/groups").size()).isEqualTo(40);
        assertThat(get("/analysis").at("/error_patterns").size()).isEqualTo(10);
    }

    private static Answer get(String query) {
        Answer answer = ask(query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static Answer ask(String query) {
        return Management.getAs("viewer", WORKER, "/actuator/deadletters" + query);
    }
}
