package io.rpaworker.ops.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Runs as operators see them and what they order, over HTTP. */
class RunsEndpointTests {

    private final RpaDb db = Postgres.migrated();
    private final Nightly flow = new Nightly();
    private final Semaphore permits = new Semaphore(0);
    private final TestWorker worker = flow.on(db)
            .property("rpa.access.users-file", Passwords.fileOfEveryRole())
            .start();

    @AfterEach
    void close() {
        permits.release(10_000);
        worker.close();
    }

    private Answer get(String path) {
        return Management.getAs("viewer", worker, "/actuator/" + path);
    }

    private Answer post(String path, String json) {
        return Management.postAs("operator", worker, "/actuator/" + path, json.replace('\'', '"'));
    }

    private long start(int records) {
        Answer started = post("runs", "{'flow': 'nightly', 'parameters': {'records': %d}}".formatted(records));
        assertThat(started.status()).as(started.body()).isEqualTo(200);
        return started.at("/run_id").asLong();
    }

    private String state(long run) {
        return get("runs/" + run).text("/state");
    }

    private List<String> why(long run) {
        return get("runs/" + run)
                .at("/why")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private List<String> actions() {
        return db.jdbc()
                .sql("select concat_ws('|', actor, action, flow_name, reason, details ->> 'run_id')"
                        + " from operator_action order by id")
                .query(String.class)
                .list();
    }

    @Test
    void aRunIsStartedAndToldToItsEndInTheOldSystemsWordsToo() {
        flow.failing.add(2);
        Answer started =
                post("runs", "{'flow': 'nightly', 'parameters': {'records': 5}, 'reason': 'the night was dark'}");
        long run = started.at("/run_id").asLong();
        worker.until(() -> state(run).equals("completed_with_failures"));

        Answer told = get("runs/" + run);
        assertThat(told.text("/trigger")).isEqualTo("operator");
        assertThat(told.text("/actor")).isEqualTo("operator");
        assertThat(told.at("/parameters/records").asInt()).isEqualTo(5);
        assertThat(told.text("/parameters_hash")).hasSize(32);
        assertThat(told.at("/discovered").asInt()).isEqualTo(5);
        assertThat(told.at("/records").asInt()).isEqualTo(5);
        assertThat(told.at("/completed").asInt()).isEqualTo(4);
        assertThat(told.at("/failed").asInt()).isEqualTo(1);
        assertThat(told.at("/pages").asInt()).isEqualTo(3);
        assertThat(told.at("/page").isMissingNode()).isTrue();
        assertThat(told.at("/rate_per_second").isMissingNode()).isTrue();
        assertThat(told.at("/leader/term").asInt()).isEqualTo(1);
        assertThat(told.at("/why").isEmpty()).isTrue();
        assertThat(told.text("/text")).startsWith("completed with failures: 4 of 5 completed, 1 failed, in ");
        String replica = worker.bean(Heartbeat.class).instance().orElseThrow().id();
        assertThat(told.text("/processor_instance")).isEqualTo(replica);
        assertThat(told.at("/records_claimed").asInt()).isEqualTo(5);
        assertThat(told.at("/records_processed").asInt()).isEqualTo(5);
        assertThat(told.at("/records_completed").asInt()).isEqualTo(4);
        assertThat(told.at("/records_failed").asInt()).isEqualTo(1);
        assertThat(told.at("/success_rate_percent").asDouble()).isEqualTo(80);
        assertThat(told.at("/error_count").asInt()).isEqualTo(1);
        assertThat(told.text("/errors/0/error_message")).contains("as the test wants it");
        assertThat(actions()).containsExactly("operator|start_run|nightly|the night was dark|" + run);
    }

    @Test
    void whileItIsDiscoveredItsPageIsToldAndWhoReadsIt() {
        flow.beforePage = cursor -> {
            if (cursor != null) {
                permits.acquireUninterruptibly();
            }
        };
        long run = start(5);
        worker.until(() -> why(run).stream().anyMatch(it -> it.startsWith("Page 2 is being read on ")));

        Answer told = get("runs/" + run);
        assertThat(told.text("/state")).isEqualTo("discovering");
        assertThat(told.at("/page").asInt()).isEqualTo(2);
        assertThat(told.text("/cursor")).isEqualTo("3");
        assertThat(told.at("/discovered").asInt()).isEqualTo(2);
        assertThat(told.at("/eta").isMissingNode()).isTrue();
        assertThat(told.text("/text")).startsWith("discovering: page 2 from '3', 2 found, ");
        // A replica is told by its host; the identity is for programs.
        assertThat(why(run)).noneMatch(it -> it.matches(".*-[0-9a-f]{12}.*"));

        // What records have become meanwhile does not keep it.
        worker.until(() -> get("runs/" + run).at("/completed").asInt() == 2);
        assertThat(why(run)).hasSize(1);
        permits.release(10);
        worker.until(() -> state(run).equals("completed"));
    }

    @Test
    void recordsThatKeepItAreCountedByWhatTheyWaitFor() {
        flow.beforeRecord = n -> {
            if (n == 1) {
                permits.acquireUninterruptibly();
            }
        };
        long run = start(6);
        worker.until(() -> get("runs/" + run).at("/completed").asInt() == 5);
        db.execute("update processing_queue set status = 'failed', next_retry_at = now() + interval '1 hour',"
                + " failed_at = now(), completed_at = null, failure_kind = 'error', error_message = 'no'"
                + " where run_key = 'item-2' and set_config('rpa.reopen', 'on', true) is not null");
        db.execute("update processing_queue set status = 'pending', available_at = now() + interval '1 hour'"
                + " where run_key = 'item-3' and set_config('rpa.reopen', 'on', true) is not null");

        List<String> why = why(run);
        assertThat(why).anyMatch(it -> it.equals("1 record waits"));
        assertThat(why).anyMatch(it -> it.startsWith("1 record waits for a retry, which is due at "));
        assertThat(why).anyMatch(it -> it.startsWith("1 record is under way, on "));
        Answer told = get("runs/" + run);
        assertThat(told.at("/waiting").asInt()).isEqualTo(1);
        assertThat(told.at("/retrying").asInt()).isEqualTo(1);
        assertThat(told.at("/under_way").asInt()).isEqualTo(1);
        assertThat(told.at("/rate_per_second").asDouble()).isPositive();
        assertThat(told.at("/eta").isString()).isTrue();
        assertThat(told.at("/next_retry_at").isString()).isTrue();
        assertThat(told.at("/records_claimed").asInt()).isEqualTo(5);
        assertThat(get("runs").text("/runs/0/text")).contains("3 of 6 completed", "1 under way at ");

        post("flows/nightly", "{'action': 'pause', 'reason': 'stocktaking'}");
        assertThat(why(run))
                .anyMatch(it -> it.startsWith("Flow nightly is paused by operator since ")
                        && it.endsWith("until somebody resumes it: stocktaking"));
    }

    @Test
    void aPageThatFailsIsToldWithWhatItHasMet() {
        flow.beforePage = cursor -> {
            throw new IllegalStateException("the source is ill");
        };
        long run = start(1);
        worker.until(() -> state(run).equals("failed"));

        Answer told = get("runs/" + run);
        assertThat(told.text("/reason")).contains("Discovery has failed", "the source is ill");
        assertThat(told.at("/error_count").asInt()).isEqualTo(1);
        assertThat(told.text("/errors/0/error_message")).contains("the source is ill");

        flow.beforePage = cursor -> {};
        Answer retried = post("runs/" + run, "{'action': 'retry', 'reason': 'it is well again'}");
        assertThat(retried.status()).as(retried.body()).isEqualTo(200);
        assertThat(retried.text("/state")).isEqualTo("discovering");
        assertThat(retried.at("/round").asInt()).isEqualTo(2);
        worker.until(() -> state(run).equals("completed"));
        assertThat(actions()).last().isEqualTo("operator|retry_run|nightly|it is well again|" + run);
    }

    @Test
    void aCancelWithdrawsAtOnceAndAReopeningGoesOn() {
        flow.beforeRecord = n -> permits.acquireUninterruptibly();
        long run = start(40);
        worker.until(() -> state(run).equals("processing"));

        Answer cancelled = post("runs/" + run, "{'action': 'cancel', 'reason': 'wrong night'}");
        assertThat(cancelled.text("/state")).isIn("cancelling", "cancelled");
        assertThat(db.count(Nightly.FLOW, "pending")).isZero();
        permits.release(100);
        worker.until(() -> state(run).equals("cancelled"));
        assertThat(get("runs/" + run).text("/reason")).isEqualTo("Cancelled by operator: wrong night");
        assertThat(get("runs/" + run).at("/cancelled").asInt()).isPositive();

        assertThat(post("runs/" + run, "{'action': 'cancel'}").status()).isEqualTo(409);
        assertThat(post("runs/" + run, "{'action': 'reopen'}").text("/state")).isEqualTo("processing");
        permits.release(100);
        worker.until(() -> state(run).equals("completed"));
        assertThat(get("runs/" + run).at("/completed").asInt()).isEqualTo(40);
        assertThat(actions())
                .containsExactly(
                        "operator|start_run|nightly||" + run,
                        "operator|cancel_run|nightly|wrong night|" + run,
                        "operator|reopen_run|nightly||" + run);
    }

    @Test
    void oneThatIsInAnothersWayIsRefusedAndADryRunIsNot() {
        flow.beforeRecord = n -> permits.acquireUninterruptibly();
        long first = start(1);

        Answer refused = post("runs", "{'flow': 'nightly', 'parameters': {'records': 1}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body())
                .contains("Run %d of flow nightly has not ended, and rpa.flows.nightly.run.overlap is skip"
                        .formatted(first));
        Answer dry = post("runs", "{'flow': 'nightly', 'parameters': {'records': 5}, 'dry_run': true}");
        long run = dry.at("/run_id").asLong();
        worker.until(() -> state(run).equals("completed"));
        Answer told = get("runs/" + run);
        assertThat(told.at("/discovered").asInt()).isEqualTo(5);
        assertThat(told.text("/text")).startsWith("completed: 3 pages with 5 records, none of them added, in ");
        assertThat(actions()).hasSize(2);
        assertThat(post("runs/" + run, "{'action': 'reopen'}").text("/error")).contains("it is a dry run");
    }

    @Test
    void oneThatIsQueuedSaysForWhom() {
        db.execute(
                "insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at)"
                        + " values ('other', 'api', 'a', 'processing', 'api', now()), ('other', 'api', 'a', 'queued', 'api', null)");
        // Held open by a record that nobody here handles.
        db.execute("insert into processing_queue (flow_name, payload, run_id, run_key) values ('other', '{}', 1, 'a')");

        assertThat(why(2)).containsExactly("It waits for run 1");
        assertThat(why(1)).containsExactly("1 record waits", "No live replica processes flow other");
        assertThat(get("runs?state=open&flow=other").at("/runs").size()).isEqualTo(2);
        assertThat(get("runs?state=queued").at("/runs/0/id").asInt()).isEqualTo(2);
        Answer page = get("runs?limit=1");
        assertThat(page.at("/runs/0/id").asInt()).isEqualTo(2);
        assertThat(get("runs?limit=1&before=" + page.at("/next").asInt())
                        .at("/runs/0/id")
                        .asInt())
                .isEqualTo(1);
        assertThat(get("runs?before=2").at("/next").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "runs | {'flow': 'nightly', 'parameters': {'records': 1001}} | 400 | records must be less than or equal to 1000",
                "runs | {'flow': 'nightly', 'parameters': {'records': '\\u0000'}} | 400 | NUL",
                "runs | {'flow': 'nightly', 'parameters': [1]} | 400 | Parameter parameters has a value of another type",
                "runs | {'parameters': {}} | 400 | Parameter flow is missing",
                "runs | {'flow': 'nightli'} | 404 | the nearest is nightly",
                "runs | {'flow': 'nightly/run'} | 404 | Flow nightly/run has no runs",
                "runs | {'flow': 'nightly', 'dryRun': true} | 400 | There is no parameter dryRun here",
                "runs/1 | {'action': 'cancel'} | 404 | There is no run 1",
                "runs/1 | {'action': 'stop'} | 400 | Parameter action is one of cancel, retry, reopen",
                "runs/x | {'action': 'cancel'} | 400 | Parameter id is a whole number",
            })
    void whatMakesNoSenseIsRefused(String path, String order, int status, String message) {
        Answer answer = post(path, order);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(message);
        assertThat(actions()).isEmpty();
        assertThat(db.jdbc()
                        .sql("select count(*) from processing_run")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aQuestionThatMakesNoSenseIsRefused() {
        assertThat(get("runs/7").status()).isEqualTo(404);
        assertThat(get("runs/7").body()).contains("There is no run 7");
        assertThat(get("runs?state=asleep").body()).contains("Parameter state is one of open, queued, ");
        assertThat(get("runs?limit=201").status()).isEqualTo(400);
        assertThat(get("runs?flows=a").status()).isEqualTo(400);
        assertThat(get("runs/7?flow=a").status()).isEqualTo(400);
    }
}
