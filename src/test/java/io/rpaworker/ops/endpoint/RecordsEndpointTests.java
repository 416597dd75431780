package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.ops.story.RecordStory;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SecurityContext;

class RecordsEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    // Records are set and not processed: each replica that is said to live is a row.
    private static final TestWorker WORKER = TestWorker.on(DB)
            .property("rpa.access.users-file", Passwords.fileOfEveryRole())
            .property("rpa.worker.enabled", "false")
            .property("rpa.maintenance.enabled", "false")
            .flow("limited")
            .property("rpa.flows.limited.max-in-flight", "2")
            .property("rpa.flows.limited.rate-limit", "0.5")
            .property("rpa.flows.limited.partition.instance-count", "2")
            .flow("left")
            .property("rpa.flows.left.mode", "standard")
            .bean(Numbers.of("limited"))
            .bean(Numbers.of("left"))
            .bean(Numbers.of("switched-off"))
            .start();

    private static final String CLAIM = "11111111-1111-1111-1111-111111111111";

    @BeforeEach
    void empty() {
        DB.emptyQueue();
        DB.jdbc().sql("truncate processing_log").update();
        handledBy("a", "invoices", "limited");
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    private static void handledBy(String replica, String... flows) {
        DB.insertReplica(replica);
        for (String flow : flows) {
            DB.jdbc()
                    .sql(
                            "update worker_instance set handlers = coalesce(handlers, '{}') ||"
                                    + " jsonb_build_object(cast(:flow as text), jsonb_build_object('handler', 'x.Y')) where id = :id")
                    .param("flow", flow)
                    .param("id", replica)
                    .update();
        }
    }

    @Test
    void tellsAllColumnsByName() {
        insert("invoices");
        set("record_key = 'k1', run_id = 7, crash_count = 1, retry_count = 2, created_at = '2026-01-02T03:04:05Z'");

        Answer answer = get("/1");

        assertThat(answer.at("/record").propertyNames())
                .containsExactly(
                        "id",
                        "flow_name",
                        "record_key",
                        "status",
                        "attempts",
                        "crash_count",
                        "created_at",
                        "updated_at",
                        "available_at",
                        "claimed_at",
                        "completed_at",
                        "failed_at",
                        "next_retry_at",
                        "failure_kind",
                        "fingerprint",
                        "error_message",
                        "run_id",
                        "flow_instance_id",
                        "claim_id",
                        "payload_bytes");
        assertThat(answer.text("/record/record_key")).isEqualTo("k1");
        assertThat(answer.at("/record/run_id").asInt()).isEqualTo(7);
        assertThat(answer.at("/record/attempts").asInt()).isEqualTo(2);
        assertThat(answer.text("/record/created_at")).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(answer.at("/record/completed_at").isNull()).isTrue();
        assertThat(answer.at("/record/payload_bytes").asInt()).isPositive();
        assertThat(get("?flow=invoices&key=k1").at("/record"))
                .isEqualTo(get("/1").at("/record"));
    }

    /** Sentences, each with the status and the SQL that bring it about. */
    private static Stream<Said> sentences() {
        return Stream.of(
                said(
                        "completed",
                        "completed_at = '2026-01-02T03:04:05Z', retry_count = 2",
                        "It completed at 2026-01-02T03:04:05Z after 3 attempts"),
                said("completed", "completed_at = null", "It completed after 1 attempt"),
                said("pending", "available_at = now() + interval '3 min 1 s'", "It is due in 3 min"),
                said("pending", "available_at = 'infinity'", "It is due never (available_at infinity)"),
                said("pending", "available_at = now() - interval '1 h'", "It has been due for 1 h"),
                said("pending", "available_at = '-infinity'", "It has been due since ever (available_at -infinity)"),
                said("pending", "retry_count = 2", "It has failed 2 times so far"),
                said("pending", "crash_count = 2", "It waits to run alone: it was under way in 2 crashes"),
                said(
                        "pending",
                        "retry_count = 0",
                        "Nothing keeps it: the live replica that handles flow invoices should claim it at any moment"),
                said(
                        "pending",
                        "flow_name = 'invoice'",
                        "No live replica handles flow invoice; the nearest name that one handles is invoices"),
                said("pending", "flow_name = 'switched-off'", "it is not enabled there"),
                said("pending", "flow_name = 'left'", "is in mode standard: its records are left alone"),
                said(
                        "pending",
                        "flow_name = 'limited'",
                        "Flow limited may claim 0.5 records per second over all replicas"),
                said("pending", "flow_name = 'limited', id = 3", "It belongs to share 1 of 2; replica "),
                said(
                        "failed",
                        "retry_count = 2, next_retry_at = now() + interval '41 s'",
                        "It has failed 2 times; the next attempt is due in 40."),
                said(
                        "failed",
                        "retry_count = 1, next_retry_at = now() - interval '5 s'",
                        "It has failed once; the next attempt has been due for 5"),
                said(
                        "failed",
                        "failure_kind = 'rejected', failed_at = '2026-01-02T03:04:05Z'",
                        "It is a dead letter of kind rejected since 2026-01-02T03:04:05Z: no attempt is due"),
                said(
                        "processing",
                        "flow_instance_id = 'py-1', claimed_at = '2026-01-02T03:04:05Z'",
                        "It was claimed by a Python worker (py-1) at 2026-01-02T03:04:05Z, without a lease; it is recovered once its claim is older than cleanup-timeout"),
                said("processing", "flow_name = 'limited'", "cleanup-timeout (1 h)"),
                said("processing", "claim_id = gen_random_uuid()", "It is processing under a claim that has no row"));
    }

    private record Said(String status, String set, String sentence) {}

    private static Said said(String status, String set, String sentence) {
        return new Said(status, set, sentence);
    }

    // What is said of most records that wait, or of all of a flow.
    private static final List<String> COMMON =
            List.of("It has been due for 1 h", "Nothing keeps it", "Flow limited may claim", "It belongs to share");

    @Test
    void eachSentenceIsSaidOfItsStateAndOfNoOther() {
        var told = new LinkedHashMap<Said, List<String>>();
        sentences().forEach(it -> {
            DB.emptyQueue();
            handledBy("a", "invoices", "limited");
            DB.insert("invoices", it.status(), 1);
            set(it.set());
            told.put(
                    it,
                    why("/"
                            + DB.jdbc()
                                    .sql("select id from processing_queue")
                                    .query(Long.class)
                                    .single()));
        });

        told.forEach((state, why) -> {
            assertThat(why).as(state.set()).anyMatch(it -> it.contains(state.sentence()));
            told.keySet().stream()
                    .filter(other -> !other.equals(state) && COMMON.stream().noneMatch(other.sentence()::startsWith))
                    .forEach(other -> assertThat(why).as(state.set()).noneMatch(it -> it.contains(other.sentence())));
        });
    }

    @Test
    void whatNothingKeepsIsSaidOfNothingThatSomethingKeeps() {
        for (String set : List.of(
                "available_at = now() + interval '1 h'",
                "crash_count = 2",
                "flow_name = 'invoice'",
                "flow_name = 'limited'")) {
            DB.emptyQueue();
            handledBy("a", "invoices", "limited");
            insert("invoices");
            set(set);

            assertThat(why("/1")).as(set).isNotEmpty().noneMatch(it -> it.contains("Nothing keeps it"));
        }
    }

    @Test
    void aReplicaThatDoesNotSayWhatItHandlesMayHandleIt() {
        DB.insertReplica("old");
        insert("invoice");

        assertThat(why("/1")).noneMatch(it -> it.contains("No live replica"));
    }

    @Test
    void aDeadReplicaHandlesNothing() {
        insert("invoices");
        DB.expireLease("a");

        assertThat(why("/1")).contains("No live replica handles flow invoices, nor any other");
    }

    @Test
    void countsWhatIsBeforeIt() {
        DB.insertPending("invoices", 3);
        DB.insertPending("other", 3);
        DB.jdbc()
                .sql("update processing_queue set available_at = '2026-01-01T00:00:00Z'")
                .update();

        assertThat(why("/3")).contains("Up to 2 records of its flow are before it");
        assertThat(why("/1")).noneMatch(it -> it.contains("before it"));
    }

    @Test
    void countsNoFurtherThanTenThousand() {
        DB.insertPending("invoices", 10_002);
        DB.jdbc()
                .sql("update processing_queue set available_at = '2026-01-01T00:00:00Z'")
                .update();

        assertThat(why("/10000")).contains("Up to 9,999 records of its flow are before it");
        assertThat(why("/10002")).contains("At least 10,000 records of its flow are before it");
    }

    @Test
    void saysWhoHasClaimedItAndUntilWhen() {
        insert("invoices");
        claim("a", "40 s");

        Answer answer = get("/1");

        assertThat(why("/1").getFirst())
                .matches("It is claimed by a and under way for 40.* s; its lease ends in (1 h|59 min.*)");
        assertThat(answer.text("/claim/instance")).isEqualTo("a");
        assertThat(answer.at("/claim/isolated").asBoolean()).isFalse();
        assertThat(answer.at("/claim/records").asInt()).isOne();
        assertThat(why("/1")).noneMatch(it -> it.contains("runs alone"));

        DB.jdbc().sql("update processing_claim set isolated = true").update();
        assertThat(why("/1")).anyMatch(it -> it.startsWith("It runs alone"));

        DB.expireLease("a");
        assertThat(why("/1").getFirst()).endsWith("that replica's lease has ended, so recovery makes it pending again");

        DB.jdbc().sql("delete from worker_instance").update();
        assertThat(why("/1").getFirst())
                .endsWith("that replica is not known any more, so recovery makes it pending again");
    }

    @Test
    void saysThatItsFlowHasAsManyAsItsLimitLetsIt() {
        DB.insertPending("limited", 4);
        claim("a", "1 s");

        assertThat(why("/4")).noneMatch(it -> it.contains("max-in-flight"));

        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claim_id = cast(:claim as uuid) where id = 2")
                .param("claim", CLAIM)
                .update();
        DB.jdbc().sql("update processing_claim set record_ids = '{1,2}'").update();
        assertThat(why("/4")).contains("Flow limited has as many claimed records as its max-in-flight lets it: 2 of 2");
    }

    @Test
    void aStatusOfSomebodysOwnIsLeftAlone() {
        RpaDb db = Postgres.migrated();
        db.jdbc()
                .sql("alter table processing_queue drop constraint processing_queue_status_check")
                .update();
        db.insert("invoices", "sk%sipped", 1);
        try (var worker = TestWorker.on(db)
                .property("rpa.access.users-file", Passwords.fileOfEveryRole())
                .property("rpa.worker.enabled", "false")
                .start()) {
            assertThat(Management.getAs("viewer", worker, "/actuator/records/1").text("/why/0"))
                    .isEqualTo("Its status 'sk%sipped' is not the worker's; it is left alone");
        }
    }

    @Test
    void tellsItsLastHundredAttemptsTheOldestFirst() {
        insert("invoices");
        DB.jdbc().sql("""
                        insert into processing_log (flow_name, record_id, attempt, outcome, kind, error, handler, instance,
                                                    started_at, finished_at)
                        select 'invoices', 1, n, 'retried', 'error', 'broken', 'x.Y', 'a', now() - interval '1 s', now()
                        from generate_series(1, 101) n
                        """).update();

        Answer answer = get("/1");

        assertThat(answer.at("/attempts").size()).isEqualTo(100);
        assertThat(answer.at("/attempts/0/attempt").asInt()).isEqualTo(2);
        assertThat(answer.at("/attempts/99/attempt").asInt()).isEqualTo(101);
        assertThat(answer.at("/more_attempts").asBoolean()).isTrue();
        assertThat(answer.at("/attempts/0").propertyNames())
                .containsExactly(
                        "attempt",
                        "outcome",
                        "kind",
                        "fingerprint",
                        "error",
                        "handler",
                        "instance",
                        "started_at",
                        "finished_at");

        DB.jdbc().sql("delete from processing_log where attempt = 1").update();
        assertThat(get("/1").at("/attempts/0/attempt").asInt()).isEqualTo(2);
        assertThat(get("/1").at("/more_attempts").asBoolean()).isFalse();
    }

    @Test
    void thePayloadIsForAdministratorsOnly() {
        insert("invoices");
        set("payload = '{\"secret\": \"s3\"}', record_key = 'k'");
        var endpoint = WORKER.bean(RecordsEndpoint.class);

        assertThat(get("/1").body()).doesNotContain("s3").contains("payload_bytes");
        assertThat(get("?flow=invoices&key=k").body()).doesNotContain("s3");
        assertThat(endpoint.record("1", null, null, who("admin")).payload()).contains("s3");
        assertThat(endpoint.recordOfKey("invoices", "k", who("admin")).payload())
                .contains("s3");
        assertThat(endpoint.record("1", null, null, who("operator")).payload()).isNull();
    }

    @Test
    void aPayloadThatIsLongAsTextIsLeftOut() {
        insert("invoices");
        set("payload = '[1e131000,1e131000,1e131000,1e131000,1e131000,1e131000,1e131000,1e131000,1e131000]'");

        RecordStory story = WORKER.bean(RecordsEndpoint.class).record("1", null, null, who("admin"));

        assertThat(story.payload()).isNull();
        assertThat(story.record().payloadBytes()).isLessThan(1_000);
    }

    private static SecurityContext who(String role) {
        return new SecurityContext() {
            @Override
            public @Nullable Principal getPrincipal() {
                return null;
            }

            @Override
            public boolean isUserInRole(String asked) {
                return asked.equals(role);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "'', 400, flow",
        "?flow=invoices, 400, key",
        "?key=k, 400, flow",
        "?flow=&key=k, 400, flow",
        "/x, 400, id",
        "/1x, 400, id",
        "/0x1, 400, id",
        "/9223372036854775808, 400, id",
        "/99999999999999999999999999, 400, id",
        "/1?flow=invoices, 400, flow",
        "/1?key=k, 400, key",
        "?flow=a%00b&key=k, 400, flow",
        "?flow=a&key=%00, 400, key"
    })
    void refusesWhatMakesNoSense(String query, int status, String parameter) {
        Answer answer = ask(query);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.text("/error_type")).isEqualTo("invalid_parameter");
        assertThat(answer.text("/context/parameter")).isEqualTo(parameter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/1", "/-1", "/9223372036854775807", "/-9223372036854775808"})
    void aRecordThatDoesNotExistIsNotFound(String path) {
        Answer answer = ask(path);

        assertThat(answer.status()).as(answer.body()).isEqualTo(404);
        assertThat(answer.text("/error_type")).isEqualTo("not_found");
        assertThat("/" + answer.at("/context/record_id").asLong()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"' or true --", "%", "\"", "k/../k", "naïve ☃ 𝄞", " ", "%s %d %n", "${x}", "\n"})
    void anyNameAndAnyKeyIsTakenAsItIs(String odd) {
        String flow = odd.isBlank() ? "f" + odd : odd;
        insert("invoices");
        DB.jdbc()
                .sql("update processing_queue set flow_name = :flow, record_key = :key")
                .param("flow", flow)
                .param("key", odd)
                .update();
        String query = "?flow=" + encoded(flow) + "&key=" + encoded(odd);

        Answer found = ask(query);
        assertThat(found.status()).as(found.body()).isEqualTo(200);
        assertThat(found.text("/record/record_key")).isEqualTo(odd);
        assertThat(why("/1")).anyMatch(it -> it.startsWith("No live replica handles flow " + flow));
        DB.jdbc().sql("truncate processing_queue").update();
        assertThat(ask(query).status()).isEqualTo(404);
        assertThat(ask(query).text("/context/record_key")).isEqualTo(odd);
    }

    @Test
    void aNameOfAHundredCharactersIsTakenAsItIs() {
        String flow = "ü".repeat(100);
        insert(flow);

        assertThat(why("/1")).anyMatch(it -> it.contains(flow));
        assertThat(ask("?key=k&flow=" + encoded(flow + "ü")).status()).isEqualTo(404);
    }

    /** Nobody's trigger was there: a copy, or a session without triggers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "status = 'completed', next_retry_at = now(), claimed_at = null, claim_id = null",
                "status = 'processing', claimed_at = null, claim_id = null",
                "status = 'processing', claimed_at = 'infinity', claim_id = null",
                "status = 'failed', failed_at = null, failure_kind = null",
                "status = 'failed', failed_at = 'infinity', next_retry_at = 'infinity'",
                "status = 'pending', claimed_at = now(), retry_count = -5, crash_count = -3",
                "status = 'pending', available_at = '294276-12-31', created_at = '-infinity'",
                "status = 'pending', retry_count = 2147483647, crash_count = 2147483647",
                "status = 'completed', completed_at = '-infinity', retry_count = -2147483648",
                "status = 'failed', error_message = repeat('x', 1000000), failed_at = now()"
            })
    void recordsInOddStatesAreTold(String set) {
        insert("invoices");
        DB.execute(
                "begin; set local session_replication_role = replica; update processing_queue set " + set + "; commit");

        assertThat(why("/1")).isNotEmpty();
        assertThat(get("/1").body().length()).isLessThan(20_000);
    }

    /** Reads nothing that answers. */
    record Waiting(String flow) implements RecordHandler<Gate.Nothing, Integer> {
        @Override
        public Outcome<Integer> handle(WorkRecord<Gate.Nothing> record) {
            return Outcome.sourceUnavailable("the moon is down");
        }
    }

    @Test
    void saysWhichSourceThisReplicaWaitsFor() {
        RpaDb db = Postgres.migrated();
        try (var worker = TestWorker.on(db)
                .property("rpa.access.users-file", Passwords.fileOfEveryRole())
                .flow("moon")
                .bean(new Waiting("moon"))
                .start()) {
            db.insertPending("moon", 1);

            worker.until(
                    () -> Management.getAs("viewer", worker, "/actuator/records/1")
                            .at("/why")
                            .toString()
                            .matches(
                                    ".*Replica .* waits for source flow:moon, for .* s: its handler answers Outcome.sourceUnavailable.*"));
        }
    }

    private static void insert(String flow) {
        DB.insertPending(flow, 1);
    }

    private static void set(String assignments) {
        DB.jdbc().sql("update processing_queue set " + assignments).update();
    }

    private static void claim(String replica, String ago) {
        DB.jdbc()
                .sql("""
                        insert into processing_claim (claim_id, instance_id, flow_name, claimed_at, record_ids)
                        select cast(:claim as uuid), :replica, flow_name, now() - cast(:ago as interval), '{1}'
                        from processing_queue where id = 1
                        """)
                .param("claim", CLAIM)
                .param("replica", replica)
                .param("ago", ago)
                .update();
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claim_id = cast(:claim as uuid) where id = 1")
                .param("claim", CLAIM)
                .update();
    }

    private static List<String> why(String query) {
        var sentences = new ArrayList<String>();
        get(query).at("/why").forEach(it -> sentences.add(it.asString()));
        return sentences;
    }

    private static Answer get(String query) {
        Answer answer = ask(query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static Answer ask(String query) {
        return Management.getAs("viewer", WORKER, "/actuator/records" + query);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
