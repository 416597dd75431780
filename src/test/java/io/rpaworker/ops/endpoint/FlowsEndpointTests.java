package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.Numbers;
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

class FlowsEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    // In the environment staging, so that its file has a say.
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("spring.profiles.active", "staging")
            .property("logging.structured.format.console", "")
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .property("rpa.survey-hub.password", "s3cret")
            .property("rpa.flows.survey_processor.enabled", "false")
            .flow("left")
            .property("rpa.flows.left.mode", "standard")
            .property("rpa.flows.left.record-timeout", "90s")
            .property("rpa.flows.left.max-in-flight", "7")
            .bean(Numbers.of("left"))
            .bean(Numbers.of("switched-off"))
            .start();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
        DB.jdbc().sql("truncate queue_total").update();
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    @Test
    void tellsOfThoseHandledHereThoseHandledElsewhereAndThoseThatHaveRecords() {
        DB.insertPending("records only", 1);
        // Its records are gone.
        DB.jdbc()
                .sql("insert into queue_total values ('gone', 1), ('gone', -1)")
                .update();
        DB.insertReplica("a");
        DB.jdbc()
                .sql("update worker_instance set handlers = '{\"elsewhere\": {\"handler\": \"x.Y\"}}'")
                .update();

        Answer answer = get("");
        var names = new ArrayList<String>();
        answer.at("/flows").forEach(it -> names.add(it.at("/flow").asString()));

        assertThat(names)
                .containsExactly(
                        "elsewhere",
                        "left",
                        "records only",
                        "survey_processor",
                        "survey_processor/end",
                        "survey_processor/run",
                        "switched-off");
        assertThat(answer.at("/more").asBoolean()).isFalse();
        assertThat(get("?flow=records+only").body())
                .isEqualTo("{\"flow\":\"records only\",\"live_replicas\":0,\"has_records\":true,\"waits_for\":[]}");
        assertThat(get("/elsewhere").body())
                .isEqualTo("{\"flow\":\"elsewhere\",\"live_replicas\":1,\"has_records\":false,\"waits_for\":[]}");
    }

    @Test
    void tellsWhatThisReplicaDoesWithAFlow() {
        assertThat(get("/left").at("/enabled").asBoolean()).isTrue();
        assertThat(get("/left").text("/mode")).isEqualTo("standard");
        assertThat(get("/left").text("/handled_here/handler")).isEqualTo(Numbers.class.getName());
        assertThat(get("/switched-off").at("/enabled").asBoolean()).isFalse();
        assertThat(get("/switched-off").text("/mode")).isEqualTo("distributed");
        assertThat(get("/switched-off").text("/handled_here/handler")).isEqualTo(Numbers.class.getName());
    }

    @Test
    void tellsEachSettingWithItsOrigin() {
        Answer left = get("/left");

        assertThat(left.at("/settings").propertyNames()).hasSize(26);
        assertThat(left.at("/settings/record-timeout").toString())
                .isEqualTo(
                        "{\"value\":\"90s\",\"value_seconds\":90.0,\"origin\":\"command line --rpa.flows.left.record-timeout\"}");
        assertThat(left.at("/settings/poll-interval").toString())
                .isEqualTo(
                        "{\"value\":\"50ms\",\"value_seconds\":0.05,\"origin\":\"command line --rpa.global.poll-interval\"}");
        assertThat(left.at("/settings/max-in-flight/value").asInt()).isEqualTo(7);
        assertThat(left.at("/settings/batch-size").toString()).isEqualTo("{\"value\":500,\"origin\":\"default\"}");
        assertThat(left.at("/settings/rate-limit").toString()).isEqualTo("{\"value\":null,\"origin\":\"default\"}");
        assertThat(left.text("/settings/max-retries/origin")).isEqualTo("config/application-staging.yml:4");
    }

    @Test
    void tellsNoSecret() {
        assertThat(get("").body()).doesNotContain("s3cret", "password", "postgres");
    }

    @ParameterizedTest
    @CsvSource({"/lefd, lefd", "?flow=lefd, lefd", "?flow=%25, %"})
    void aFlowThatIsNotThereIsNotFound(String query, String name) {
        Answer answer = ask(query);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/error"))
                .startsWith(
                        "There is no flow %s in the configuration, on a live replica or in the queue; the nearest is "
                                .formatted(name));
        assertThat(answer.text("/context/flow_name")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"' or true --", "%", "\"", "naïve ☃ 𝄞", "a/b", "a.b", "%s %d", "rpa.flows[x]"})
    void anyNameIsTakenAsItIs(String odd) {
        DB.insertPending(odd, 1);

        assertThat(get("?flow=" + URLEncoder.encode(odd, StandardCharsets.UTF_8))
                        .text("/flow"))
                .isEqualTo(odd);
        assertThat(get("").body()).contains("records");
    }

    @Test
    void noMoreThanAThousandWithRecordsAreNamed() {
        DB.jdbc()
                .sql("insert into queue_total select 'f' || n, 1 from generate_series(1, 1500) n")
                .update();

        assertThat(get("").at("/more").asBoolean()).isTrue();
        assertThat(get("").at("/flows").size()).isBetween(1_000, 1_010);
        assertThat(get("/f999").at("/has_records").asBoolean())
                .as("beyond those that are named")
                .isTrue();
    }

    @Test
    void comparesTwoEnvironments() {
        assertThat(get("?compare=staging,production").body())
                .isEqualTo("{\"a\":\"staging\",\"b\":\"production\",\"differences\":["
                        + "{\"flow\":\"survey_processor\",\"key\":\"record-timeout\",\"a\":\"5m\",\"b\":\"2m\"}]}");
        assertThat(get("?compare=staging,staging").at("/differences").isEmpty()).isTrue();
    }

    @Test
    void saysWhichFileIsMissing() {
        Answer answer = ask("?compare=staging,nowhere");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/context/file")).isEqualTo("config/application-nowhere.yml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "?compare=staging; compare",
                "?compare=; compare",
                "?compare=a,b,c; compare",
                "?compare=..%2Fx,staging; compare",
                "?compare=staging,%00; compare",
                "?compare=staging,production&flow=left; compare",
                "?flow=; flow",
                "?flow=%00; flow",
                "/left?flow=left; flow",
                "?flwo=x; flwo"
            })
    void refusesWhatMakesNoSense(String query, String parameter) {
        Answer answer = ask(query);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("/context/parameter")).isEqualTo(parameter);
    }

    /** Reads nothing that answers. */
    record Waiting(String flow) implements RecordHandler<Gate.Nothing, Integer> {
        @Override
        public Outcome<Integer> handle(WorkRecord<Gate.Nothing> record) {
            return Outcome.sourceUnavailable("the moon is down");
        }
    }

    @Test
    void tellsWhatAFlowWaitsForButNotWhy() {
        RpaDb db = Postgres.migrated();
        try (var worker =
                TestWorker.on(db).flow("moon").bean(new Waiting("moon")).start()) {
            worker.until(() -> Management.get(worker, "/actuator/flows/moon")
                            .at("/live_replicas")
                            .asInt()
                    == 1);
            assertThat(Management.get(worker, "/actuator/flows/moon")
                            .at("/waits_for")
                            .isEmpty())
                    .isTrue();
            db.insertPending("moon", 1);

            worker.until(() -> Management.get(worker, "/actuator/flows/moon")
                    .text("/waits_for/0/source")
                    .equals("flow:moon"));

            assertThat(Management.get(worker, "/actuator/flows/moon").body()).doesNotContain("Outcome", "moon is down");
        }
    }

    @Test
    void rpaDbThatIsDownIsUnavailableWithinSixSeconds() {
        RpaDb db = Postgres.migrated();
        try (var network = new Network(db);
                var worker = TestWorker.on(db)
                        .property("spring.datasource.url", network.url())
                        .property("rpa.worker.enabled", "false")
                        .property("rpa.access.users-file", Passwords.fileOfEveryRole())
                        .start()) {
            assertThat(Management.get(worker, "/actuator/flows").status()).isEqualTo(200);
            network.whileSilent(() -> {
                for (String path : List.of(
                        "flows",
                        "flows/x",
                        "workers",
                        "performance",
                        "queuemonitor",
                        "records/1",
                        "deadletters/analysis")) {
                    long asked = System.nanoTime();
                    Answer answer = Management.getAs("viewer", worker, "/actuator/" + path);

                    assertThat(answer.status()).as(path).isEqualTo(503);
                    assertThat(answer.text("/error_type")).isEqualTo("unavailable");
                    assertThat(Duration.ofNanos(System.nanoTime() - asked))
                            .as(path)
                            .isLessThan(Duration.ofSeconds(6));
                }
            });
        }
    }

    private static Answer get(String query) {
        Answer answer = ask(query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static Answer ask(String query) {
        return Management.get(WORKER, "/actuator/flows" + query);
    }
}
