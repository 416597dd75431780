package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.queue.deadletter.CanaryRetries;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators order over HTTP, and what is written down of it. */
class OrdersTests {

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

    private static Answer post(String role, String path, String json) {
        return Management.postAs(role, WORKER, "/actuator/" + path, json.replace('\'', '"'));
    }

    private static Answer post(String path, String json) {
        return post("operator", path, json);
    }

    private static void deadLetters(String flow, int count, String kind) {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, failure_kind, failure_fingerprint,"
                        + " error_message, retry_count, failed_at) select :flow, '{}', 'failed', :kind, md5(:kind),"
                        + " 'no', 3, now() from generate_series(1, :count)")
                .param("flow", flow)
                .param("kind", kind)
                .param("count", count)
                .update();
    }

    private static List<String> actions() {
        return DB.jdbc()
                .sql(
                        "select concat_ws('|', actor, action, flow_name, reason, records) from operator_action order by id")
                .query(String.class)
                .list();
    }

    private static long count(String status) {
        return DB.jdbc()
                .sql("select count(*) from processing_queue where status = :status")
                .param("status", status)
                .query(Long.class)
                .single();
    }

    @Test
    void aFlowIsPausedForAllAndResumed() {
        DB.insertPending("f", 2);

        Answer paused =
                post("flows/f", "{'action': 'pause', 'reason': 'maintenance', 'until': '2999-01-01T00:00:00Z'}");

        assertThat(paused.status()).as(paused.body()).isEqualTo(200);
        assertThat(paused.text("/paused_by")).isEqualTo("operator");
        assertThat(paused.text("/paused_until")).isEqualTo("2999-01-01T00:00:00Z");
        assertThat(paused.at("/in_flight").asInt()).isZero();
        assertThat(Management.get(WORKER, "/actuator/flows/f").text("/paused/until"))
                .isEqualTo("2999-01-01T00:00:00Z");
        // Who did it, and why, is not for anybody.
        assertThat(Management.get(WORKER, "/actuator/flows/f").body()).doesNotContain("operator", "maintenance");
        assertThat(Management.getAs("viewer", WORKER, "/actuator/records/1").body())
                .contains("Flow f is paused by operator for ", "until 2999-01-01T00:00:00Z: maintenance");
        assertThat(post("flows", "{'action': 'resume', 'flow': 'f'}")
                        .at("/changed")
                        .asBoolean())
                .isTrue();
        assertThat(post("flows", "{'action': 'resume', 'flow': 'f'}")
                        .at("/changed")
                        .asBoolean())
                .isFalse();
        assertThat(Management.get(WORKER, "/actuator/flows/f").at("/paused").isMissingNode())
                .isTrue();
        assertThat(actions()).containsExactly("operator|pause|f|maintenance|0", "operator|resume|f||0");
    }

    @Test
    void aDrainSaysWhetherAnythingIsInFlight() {
        DB.insertPending("f", 2);
        assertThat(post("flows/f", "{'action': 'drain'}").at("/drained").asBoolean())
                .isTrue();

        DB.insertReplica("a");
        DB.execute("update worker_instance set handlers = '{}'");
        DB.jdbc()
                .sql("with claim as (select gen_random_uuid() as id), booked as (insert into processing_claim"
                        + " (claim_id, instance_id, flow_name, record_ids) select id, 'a', 'f', '{1}' from claim)"
                        + " update processing_queue set status = 'processing', claimed_at = now(),"
                        + " claim_id = (select id from claim) where id = 1")
                .update();
        Answer busy = post("flows/f", "{'action': 'drain', 'wait_seconds': 1}");
        assertThat(busy.at("/drained").asBoolean()).isFalse();
        assertThat(busy.at("/in_flight").asInt()).isEqualTo(1);
    }

    // Whoever does not know of the pause yet may be about to claim; whoever does has the answers to all claims.
    @Test
    void aDrainEndsWhenEveryReplicaThatProcessesTheFlowObeysIt() {
        DB.insertPending("f", 2);
        DB.insertReplica("a");
        DB.execute("update worker_instance set handlers = '{\"f\": {\"handler\": \"H\"}}', conditions_at = now()");
        tells("a", "null");
        drainIsNotObeyedBy("a");
        tells("a", "'[]'");
        drainIsNotObeyedBy("a");
        tells("a", "'[{\"flow\": \"f\", \"obeys\": \"2026-01-01T00:00:00Z\"}]'");
        drainIsNotObeyedBy("a");

        DB.execute("create function obeys() returns trigger language plpgsql as $$ begin update worker_instance set"
                + " conditions = jsonb_build_array(jsonb_build_object('flow', 'f', 'obeys', new.paused_at));"
                + " return new; end $$;"
                + "create trigger obeys after insert or update on flow_control for each row execute function obeys()");
        try {
            Answer drained = post("flows/f", "{'action': 'drain', 'wait_seconds': 1}");
            assertThat(drained.at("/drained").asBoolean()).as(drained.body()).isTrue();
            assertThat(drained.at("/not_obeying").isMissingNode()).isTrue();
        } finally {
            DB.execute("drop trigger obeys on flow_control; drop function obeys()");
        }
    }

    private void tells(String replica, String conditions) {
        DB.execute("update worker_instance set conditions = " + conditions + " where id = '" + replica + "'");
    }

    private void drainIsNotObeyedBy(String replica) {
        Answer answer = post("flows/f", "{'action': 'drain', 'wait_seconds': 0}");
        assertThat(answer.at("/drained").asBoolean()).as(answer.body()).isFalse();
        assertThat(answer.at("/in_flight").asInt()).isZero();
        assertThat(answer.text("/not_obeying/0")).isEqualTo(replica);
    }

    @Test
    void deadLettersAreRetriedByGroupAndCountedBefore() {
        deadLetters("f", 3, "error");
        deadLetters("f", 2, "timeout");
        deadLetters("g", 1, "error");

        assertThat(post("deadletters", "{'action': 'retry', 'flow': 'f', 'kind': 'error', 'dry_run': true}")
                        .at("/records")
                        .asInt())
                .isEqualTo(3);
        assertThat(count("pending")).isZero();
        Answer retried =
                post("deadletters", "{'action': 'retry', 'flow': 'f', 'kind': 'error', 'reason': 'mended in 1.2'}");
        assertThat(retried.at("/records").asInt()).isEqualTo(3);
        assertThat(retried.at("/dry_run").asBoolean()).isFalse();
        assertThat(count("pending")).isEqualTo(3);
        assertThat(count("failed")).isEqualTo(3);
        assertThat(post("deadletters", "{'action': 'retry', 'all': true, 'canary': 1}")
                        .at("/records")
                        .asInt())
                .isEqualTo(1);
        assertThat(actions()).containsExactly("operator|retry|f|mended in 1.2|3", "operator|retry canary||1");
    }

    // What somebody has cancelled is not to run again because somebody else retries the flow.
    @Test
    void whatWasCancelledIsRetriedOnlyIfItIsMeant() {
        deadLetters("f", 1, "error");
        deadLetters("f", 1, "cancelled");

        assertThat(post("deadletters", "{'action': 'retry', 'flow': 'f', 'dry_run': true}")
                        .at("/records")
                        .asInt())
                .isEqualTo(1);
        assertThat(post("deadletters", "{'action': 'retry', 'flow': 'f'}")
                        .at("/records")
                        .asInt())
                .isEqualTo(1);
        assertThat(post("maintenance", "{'reset_failed_records': true, 'max_retries': 100}")
                        .at("/reset_results/total_records_reset")
                        .asInt())
                .isZero();
        assertThat(post("deadletters", "{'action': 'retry', 'kind': 'cancelled'}")
                        .at("/records")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void onlyAnAdministratorDeletes() {
        deadLetters("f", 3, "error");

        for (String order : List.of("{'action': 'discard', 'flow': 'f'}", "{'action': 'purge', 'days': 0}")) {
            Answer refused = post("deadletters", order);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/context/needs")).isEqualTo("admin");
        }
        assertThat(post("records/1", "{'action': 'discard'}").status()).isEqualTo(403);
        assertThat(count("failed")).isEqualTo(3);
        assertThat(post("admin", "records/1", "{'action': 'discard'}").text("/outcome"))
                .isEqualTo("deleted");
        assertThat(post("admin", "deadletters", "{'action': 'purge', 'days': 1}")
                        .at("/records")
                        .asInt())
                .isZero();
        assertThat(post("admin", "deadletters", "{'action': 'purge', 'days': 0}")
                        .at("/records")
                        .asInt())
                .isEqualTo(2);
        assertThat(actions()).containsExactly("admin|discard|f||1", "admin|purge||2");
    }

    @Test
    void aRecordIsPostponedHurriedAndCancelled() {
        DB.insertPending("f", 1);

        assertThat(post("records/1", "{'action': 'postpone', 'at': '2999-01-01T00:00:00Z'}")
                        .text("/outcome"))
                .isEqualTo("postponed");
        assertThat(Management.getAs("viewer", WORKER, "/actuator/records/1").text("/record/available_at"))
                .isEqualTo("2999-01-01T00:00:00Z");
        assertThat(post("records/1", "{'action': 'run_now'}").text("/outcome")).isEqualTo("pending");
        Answer due = post("records/1", "{'action': 'run_now'}");
        assertThat(due.status()).isEqualTo(409);
        assertThat(due.text("/error_type")).isEqualTo("conflict");
        assertThat(post("records/1", "{'action': 'cancel', 'reason': 'not needed'}")
                        .text("/outcome"))
                .isEqualTo("cancelled");
        assertThat(post("records/1", "{'action': 'cancel'}").status()).isEqualTo(409);
        assertThat(post("records/1", "{'action': 'retry'}").text("/outcome")).isEqualTo("pending");
        assertThat(post("records/1", "{'action': 'retry'}").status()).isEqualTo(409);
        assertThat(post("records/7", "{'action': 'cancel'}").status()).isEqualTo(404);
        assertThat(actions())
                .containsExactly(
                        "operator|postpone|f||1",
                        "operator|run_now|f||1",
                        "operator|cancel|f|not needed|1",
                        "operator|retry|f||1");
        assertThat(Management.getAs("viewer", WORKER, "/actuator/actions?limit=2")
                        .text("/actions/1/details/record_id"))
                .isEqualTo("1");
    }

    @Test
    void aRecordWhoseRetryIsDueLaterRunsNow() {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, failure_kind, retry_count, failed_at,"
                        + " next_retry_at) values ('f', '{}', 'failed', 'error', 2, now(), now() + interval '1 day')")
                .update();

        assertThat(post("records/1", "{'action': 'postpone', 'at': '2999-01-01T00:00:00Z'}")
                        .status())
                .isEqualTo(200);
        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(post("records/1", "{'action': 'run_now'}").status()).isEqualTo(200);
        assertThat(DB.jdbc()
                        .sql("select status || retry_count || (available_at <= now()) from processing_queue")
                        .query(String.class)
                        .single())
                .isEqualTo("pending2true");
    }

    @Test
    void maintenanceAnswersAsTheOldSystemDid() {
        DB.insertPending("f", 3);
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claimed_at = now() - interval '3 hours'"
                        + " where id <= 2")
                .update();
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, failure_kind, retry_count, failed_at)"
                        + " values ('g', '{}', 'failed', 'error', 1, now()), ('g', '{}', 'failed', 'error', 3, now())")
                .update();

        Answer dry = post("maintenance", "{'reset_failed_records': true, 'dry_run': true}");
        assertThat(dry.status()).as(dry.body()).isEqualTo(200);
        assertThat(dry.at("/cleanup_results/orphaned_records_found").asInt()).isEqualTo(2);
        assertThat(dry.at("/reset_results/flow_results/g/failed_records_found").asInt())
                .isEqualTo(1);
        assertThat(actions()).isEmpty();

        Answer done = post("maintenance", "{'reset_failed_records': true}");
        assertThat(done.at("/cleanup_results/records_cleaned").asInt()).isEqualTo(2);
        assertThat(done.at("/reset_results/total_records_reset").asInt()).isEqualTo(1);
        assertThat(done.at("/before_status/processing_records").asInt()).isEqualTo(2);
        assertThat(done.at("/after_status/processing_records").asInt()).isZero();
        assertThat(done.at("/operations_performed")).hasSize(2);
        assertThat(actions()).containsExactly("operator|reset|g||1", "operator|recover|f||2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "flows/f; {}; action",
                "flows/f; {'action': 'stop'}; action",
                "flows/f; {'action': 'pause', 'flow': 'g'}; flow",
                "flows/f; {'action': 'pause', 'until': 'soon'}; until",
                "flows/f; {'action': 'pause', 'until': '2020-01-01T00:00:00Z'}; until",
                "flows/f; {'action': 'pause', 'untill': '2999-01-01T00:00:00Z'}; untill",
                "flows/f; {'action': 'pause', 'wait_seconds': 3}; wait_seconds",
                "flows/f; {'action': 'drain', 'wait_seconds': 61}; wait_seconds",
                "flows/f; {'action': 'drain', 'wait_seconds': '3'}; wait_seconds",
                "flows/f; {'action': 'drain', 'wait_seconds': 1.5}; wait_seconds",
                "flows/f; {'action': 'resume', 'until': '2999-01-01T00:00:00Z'}; until",
                "flows/f; {'action': 'pause', 'reason': 7}; reason",
                "flows/f; {'action': 'pause', 'reason': 'a\\u0000b'}; reason",
                "deadletters; {'action': 'retry'}; all",
                "deadletters; {'action': 'retry', 'all': false}; all",
                "deadletters; {'action': 'retry', 'all': true, 'flow': 'f'}; all",
                "deadletters; {'action': 'retry', 'flow': 'f', 'days': 3}; days",
                "deadletters; {'action': 'purge', 'flow': 'f'}; days",
                "deadletters; {'action': 'purge', 'days': -1}; days",
                "deadletters; {'action': 'discard', 'flow': 'f', 'canary': 3}; canary",
                "deadletters; {'action': 'retry', 'flow': 'f', 'canary': 0}; canary",
                "deadletters; {'action': 'retry', 'flow': ['f']}; flow",
                "deadletters; {'action': 'retry', 'flow_name': 'f'}; flow_name",
                "deadletters; {'action': 'retry', 'kind': 'none'}; kind",
                "records/1; {'action': 'postpone'}; at",
                "records/1; {'action': 'cancel', 'at': '2999-01-01T00:00:00Z'}; at",
                "records/x; {'action': 'cancel'}; id",
                "maintenance; {'max_retries': 0}; max_retries",
                "maintenance; {'orphaned_timeout_hours': 169}; orphaned_timeout_hours"
            })
    void whatMakesNoSenseIsRefusedAndChangesNothing(String path, String order, String parameter) {
        DB.insertPending("f", 1);
        deadLetters("f", 1, "error");

        Answer answer = post("admin", path, order);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("/context/parameter")).isEqualTo(parameter);
        assertThat(actions()).isEmpty();
        assertThat(count("failed")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "{'action': 'pause'", "{'action': 'pause'} {}", "action=pause"})
    void whatIsNoObjectIsNoOrder(String body) {
        DB.insertPending("f", 1);

        assertThat(post("flows/f", body).status()).isEqualTo(400);
        assertThat(actions()).isEmpty();
    }

    @Test
    void aFlowThatNobodyKnowsIsNotPaused() {
        DB.insertPending("survey", 1);

        Answer answer = post("flows/survy", "{'action': 'pause'}");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("/error")).contains("the nearest is survey");
        assertThat(actions()).isEmpty();
    }

    // A browser that knows a password sends it with another site's form too, but no form is JSON.
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"})
    void aFormIsNoOrder(String type) {
        deadLetters("f", 1, "error");

        for (String path : List.of("deadletters", "deadletters?action=retry&all=true")) {
            Answer answer = Management.postAs("operator", WORKER, "/actuator/" + path, type, "{\"action\": \"retry\"}");
            assertThat(answer.status()).isIn(400, 415);
        }
        assertThat(actions()).isEmpty();
    }

    // Spring Boot would find it, and take its parameters from the body.
    @Test
    void anEncodedPathLeadsNowhere() {
        deadLetters("f", 1, "error");

        for (String path : List.of("%64eadletters", "%64eadletters?all=true", "dead%6cetters?order=%7b%7d")) {
            for (String body : List.of(
                    "{'action': 'retry', 'all': true}", "{'order': '{\\'action\\': \\'retry\\'}', 'all': true}")) {
                assertThat(post(path, body).status()).as(path).isIn(400, 404);
            }
        }
        assertThat(actions()).isEmpty();
    }

    @Test
    void aMomentThatHasPassedIsNow() {
        DB.insertPending("f", 1);

        assertThat(post("records/1", "{'action': 'postpone', 'at': '0001-01-01T00:00:00Z'}")
                        .status())
                .isEqualTo(200);
        assertThat(DB.jdbc()
                        .sql("select available_at > now() - interval '1 minute' from processing_queue")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void whatWasCancelledIsRetriedWithoutACanary() {
        deadLetters("f", 1, "cancelled");

        Answer answer = post("deadletters", "{'action': 'retry', 'kind': 'cancelled', 'canary': 1}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("/context/parameter")).isEqualTo("canary");
    }

    @Test
    void theReasonOfACanaryIsThatOfWhatFollowsIt() {
        deadLetters("f", 3, "error");
        post("deadletters", "{'action': 'retry', 'flow': 'f', 'canary': 1, 'reason': 'mended'}");
        DB.jdbc()
                .sql("update processing_queue set status = 'completed', claimed_at = now(), completed_at = now()"
                        + " where status = 'pending'")
                .update();

        while (WORKER.bean(CanaryRetries.class).watchOnce()) {
            // The rest follows.
        }

        assertThat(actions()).containsExactly("operator|retry canary|f|mended|1", "operator|retry|f|mended|2");
    }

    @Test
    void nothingIsOrderedInAnAddress() {
        assertThat(post("deadletters?action=retry", "{'action': 'retry', 'all': true}")
                        .status())
                .isEqualTo(400);
        assertThat(actions()).isEmpty();
    }

    @Test
    void aViewerOrdersNothing() {
        deadLetters("f", 1, "error");

        Answer answer = post("viewer", "deadletters", "{'action': 'retry', 'all': true}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text("/context/needs")).isEqualTo("operator");
        assertThat(actions()).isEmpty();
    }

    @Test
    void aRpaDbThatRefusesIsToldAndNothingIsDone() {
        deadLetters("f", 1, "error");
        DB.execute("create function refuse() returns trigger language plpgsql as"
                + " 'begin raise exception ''not now''; end'");
        DB.execute("create trigger refused before insert on operator_action for each row execute function refuse()");
        try {
            Answer answer = post("deadletters", "{'action': 'retry', 'all': true}");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(count("pending")).isZero();
        } finally {
            DB.execute("drop trigger refused on operator_action; drop function refuse()");
        }
    }

    @Test
    void actionsAreToldPageByPage() {
        for (int i = 0; i < 3; i++) {
            deadLetters("f", 1, "error");
            post("deadletters", "{'action': 'retry', 'all': true}");
        }

        Answer page = Management.getAs("viewer", WORKER, "/actuator/actions?limit=2");
        assertThat(page.at("/actions")).hasSize(2);
        assertThat(page.at("/next").asInt()).isEqualTo(2);
        Answer rest = Management.getAs("viewer", WORKER, "/actuator/actions?limit=2&before=2");
        assertThat(rest.at("/actions")).hasSize(1);
        assertThat(rest.at("/next").isMissingNode()).isTrue();
        assertThat(Management.getAs("viewer", WORKER, "/actuator/actions?flow=g")
                        .at("/actions"))
                .isEmpty();
    }
}
