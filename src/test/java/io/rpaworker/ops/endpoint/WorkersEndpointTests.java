package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WorkersEndpointTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = TestWorker.on(DB)
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

    @Test
    void nobodyIsAnEmptyList() {
        assertThat(get().body()).isEqualTo("{\"live\":0,\"workers\":[],\"more\":false}");
    }

    @Test
    void tellsWhoLivesWhoHasEndedAndWhoHasCrashed() {
        DB.emptyQueue("live", "ended", "declared", "silent", "long-gone", "long-silent");
        change("ended_at = now() - interval '59 min'", "ended");
        change("ended_at = now(), crashed = true", "declared");
        change("lease_until = now() - interval '1 second'", "silent");
        change("ended_at = now() - interval '61 min'", "long-gone");
        change("lease_until = now() - interval '61 min'", "long-silent");

        Answer answer = get();

        assertThat(states(answer))
                .containsExactlyInAnyOrder("live live", "ended ended", "declared crashed", "silent crashed")
                .first()
                .isEqualTo("live live");
        assertThat(answer.at("/live").asInt()).isOne();
        assertThat(one(answer, "live").at("/lease_ends_in_seconds").asDouble()).isBetween(3_500.0, 3_600.0);
        assertThat(one(answer, "silent").at("/lease_ends_in_seconds").asDouble())
                .isNegative();
        assertThat(one(answer, "ended").has("lease_ends_in_seconds")).isFalse();
        assertThat(one(answer, "ended").at("/ended_at").asString()).endsWith("Z");
        assertThat(one(answer, "live").has("ended_at")).isFalse();
    }

    @Test
    void tellsWhatHandlesWhichFlowAndWhoListensAndLeads() {
        DB.emptyQueue("a", "b", "odd");
        change(
                "listening = true, handlers = '{\"f\": {\"handler\": \"x.Y\", \"jar\": \"y.jar\", \"version\": \"2\"}}'",
                "a");
        change("listening = true, ended_at = now()", "b");
        change("handlers = '{\"f\": 1, \"g\": {\"handler\": {}}, \"h\": null}'", "odd");
        DB.jdbc().sql("delete from leader_term where name = 'chores'").update();
        DB.jdbc()
                .sql("insert into leader_term values ('chores', 'a', 7, now() + interval '1 minute', now(), 7)")
                .update();

        Answer answer = get();

        assertThat(one(answer, "a").at("/handlers").toString())
                .isEqualTo("{\"f\":{\"handler\":\"x.Y\",\"jar\":\"y.jar\",\"version\":\"2\"}}");
        assertThat(one(answer, "a").at("/listening").asBoolean()).isTrue();
        assertThat(one(answer, "a").at("/leads_term").asInt()).isEqualTo(7);
        assertThat(Instant.parse(one(answer, "a").at("/leads_since").asString()))
                .isAfter("2026-01-01T00:00:00Z");
        assertThat(one(answer, "b").at("/listening").asBoolean()).isFalse();
        assertThat(one(answer, "b").has("leads_term")).isFalse();
        assertThat(one(answer, "b").has("leads_since")).isFalse();
        assertThat(one(answer, "b").has("handlers")).isFalse();
        assertThat(one(answer, "odd").has("handlers")).isTrue();

        DB.jdbc().sql("update leader_term set term = 8").update();
        assertThat(one(get(), "a").has("leads_since"))
                .as("an older release has taken the term")
                .isFalse();
        DB.jdbc().sql("update leader_term set expires_at = now()").update();
        assertThat(one(get(), "a").has("leads_term")).isFalse();
    }

    @Test
    void countsWhatIsClaimedAndNotSettled() {
        DB.emptyQueue("a", "b");
        List<Long> ids = DB.insertPending("f", 3);
        String claim = "11111111-1111-1111-1111-111111111111";
        DB.jdbc()
                .sql("""
                        insert into processing_claim (claim_id, instance_id, flow_name, claimed_at, record_ids)
                        values (cast(:claim as uuid), 'a', 'f', '2026-01-01T00:00:00Z', :ids)
                        """)
                .param("claim", claim)
                .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                .update();
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claim_id = cast(:claim as uuid) where id <= 2")
                .param("claim", claim)
                .update();

        Answer answer = get();

        assertThat(one(answer, "a").at("/in_flight").toString())
                .isEqualTo("{\"f\":{\"records\":2,\"oldest_claimed_at\":\"2026-01-01T00:00:00Z\"}}");
        assertThat(one(answer, "b").at("/in_flight").toString()).isEqualTo("{}");
    }

    @Test
    void twoHundredAreNamedAndNoMore() {
        for (int i = 0; i < 201; i++) {
            DB.insertReplica("r" + i);
        }

        assertThat(get().at("/workers").size()).isEqualTo(200);
        assertThat(get().at("/more").asBoolean()).isTrue();
    }

    @Test
    void endsOfTimeAreNoReasonToFail() {
        DB.emptyQueue("a", "b");
        change("lease_until = 'infinity'", "a");
        change("lease_until = '-infinity', ended_at = now()", "b");

        assertThat(states(get())).containsExactlyInAnyOrder("a live", "b ended");
    }

    /** Of the replica that answers it is known what its slots do. */
    @Test
    void tellsWhatItsOwnSlotsDo() {
        var gate = new Gate();
        RpaDb db = Postgres.migrated();
        db.insertPending(Gate.FLOW, 2);
        try (var worker = TestWorker.on(db)
                .flow(Gate.FLOW)
                .property("rpa.flows.gate.concurrency", "5")
                .bean(gate)
                .start()) {
            worker.until(() -> own(worker).at("/slots/gate/busy").asInt() == 2);

            JsonNode own = own(worker);
            assertThat(own.at("/slots").toString())
                    .isEqualTo("{\"gate\":{\"total\":5,\"busy\":2,\"stuck\":0,\"free\":3}}");
            assertThat(own.at("/this_replica").asBoolean()).isTrue();
            assertThat(own.at("/in_flight/gate/records").asInt()).isEqualTo(2);
            assertThat(own.at("/handlers/gate/handler").asString()).isEqualTo(Gate.class.getName());
            gate.open();
        }
    }

    @Test
    void canOnlyBeReadAndHasNoParameters() {
        assertThat(Management.ask(WORKER, true, "POST", "/actuator/workers").status())
                .isEqualTo(405);
        assertThat(Management.get(WORKER, "/actuator/workers?limit=1").status()).isEqualTo(400);
    }

    private static JsonNode own(TestWorker worker) {
        return Management.get(worker, "/actuator/workers").at("/workers/0");
    }

    private static void change(String assignments, String id) {
        DB.jdbc()
                .sql("update worker_instance set " + assignments + " where id = :id")
                .param("id", id)
                .update();
    }

    private static List<String> states(Answer answer) {
        var states = new ArrayList<String>();
        answer.at("/workers")
                .forEach(it -> states.add(
                        it.at("/id").asString() + " " + it.at("/state").asString()));
        return states;
    }

    private static JsonNode one(Answer answer, String id) {
        for (JsonNode it : answer.at("/workers")) {
            if (it.at("/id").asString().equals(id)) {
                return it;
            }
        }
        throw new AssertionError("No worker " + id + " in " + answer.body());
    }

    private static Answer get() {
        Answer answer = Management.get(WORKER, "/actuator/workers");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }
}
