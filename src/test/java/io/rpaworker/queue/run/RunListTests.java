package io.rpaworker.queue.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.run.RunPart.Kind;
import io.rpaworker.queue.run.RunProgress.OpenPart;
import io.rpaworker.queue.run.RunProgress.UnderWay;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunListTests {

    private final RpaDb db = Postgres.migrated();
    private final RunList runs = QueueParts.over(db).part(RunList.class);
    private final Instant now = runs.now();

    @BeforeEach
    void twoRuns() {
        db.execute("insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at)"
                + " values ('f', 'api', 'a', 'discovering', 'api', now()), ('f', 'api', 'a', 'queued', 'api', null)");
    }

    private void record(String flow, String key, String columns, String values) {
        db.execute(
                "insert into processing_queue (flow_name, payload, run_id, run_key%s) values ('%s', '{\"kind\": \"PAGE\","
                                .formatted(columns.isEmpty() ? "" : ", " + columns, flow)
                        + " \"number\": 3}', 1, '%s'%s)".formatted(key, values.isEmpty() ? "" : ", " + values));
    }

    private RunProgress progress() {
        return runs.progress(runs.find(1).orElseThrow());
    }

    @Test
    void oneWithoutRecordsHasNone() {
        assertThat(progress()).isEqualTo(RunProgress.NONE);
    }

    @Test
    void recordsAreToldByWhatTheyWaitFor() {
        record("f", "waits", "", "");
        record("f", "completed", "status, completed_at, claimed_at", "'completed', now(), now()");
        record("f", "long ago", "status, completed_at, claimed_at", "'completed', now() - interval '10 min', now()");
        record("f", "dead", "status, failure_kind", "'failed', 'error'");
        record("f", "withdrawn", "status, failure_kind", "'failed', 'cancelled'");
        record("f", "retried", "status, next_retry_at", "'failed', now() + interval '2 h'");
        record("f", "sooner", "status, next_retry_at", "'failed', now() + interval '1 h'");
        record("f", "runs", "status, claimed_at, flow_instance_id", "'processing', now() - interval '1 h', 'a'");
        record("f", "longer", "status, claimed_at, flow_instance_id", "'processing', now() - interval '2 h', 'b'");
        // Another run's.
        db.execute("insert into processing_queue (flow_name, payload, run_id, run_key) values ('f', '{}', 2, 'waits')");

        RunProgress progress = progress();
        assertThat(progress.records()).isEqualTo(9);
        assertThat(progress.completed()).isEqualTo(2);
        assertThat(progress.justCompleted()).isEqualTo(1);
        assertThat(progress.failed()).isEqualTo(1);
        assertThat(progress.cancelled()).isEqualTo(1);
        assertThat(progress.waiting()).isEqualTo(1);
        assertThat(progress.retrying()).isEqualTo(2);
        assertThat(progress.nextRetryAt())
                .isBetween(now, now.plus(Duration.ofHours(1)).plusSeconds(60));
        assertThat(progress.underWay()).isEqualTo(2);
        assertThat(progress.oldest()).extracting(UnderWay::replica).isEqualTo("b");
        assertThat(progress.open()).isEqualTo(5);
        assertThat(progress.parts()).isEmpty();
    }

    @Test
    void partsOfTheRunDoNotCountAndThoseThatAreOpenAreNamed() {
        record("f/run", "#page:2", "status, completed_at, claimed_at", "'completed', now(), now()");
        record(
                "f/run",
                "#page:3",
                "status, next_retry_at, error_message",
                "'failed', now() + interval '1 h', 'no answer'");

        RunProgress progress = progress();
        assertThat(progress.records()).isZero();
        assertThat(progress.retrying()).isZero();
        assertThat(progress.justCompleted()).isZero();
        OpenPart page = progress.parts().getFirst();
        assertThat(progress.parts()).hasSize(1);
        assertThat(page.kind()).isEqualTo(Kind.PAGE);
        assertThat(page.number()).isEqualTo(3);
        assertThat(page.underWay()).isNull();
        assertThat(page.dueAt()).isAfter(now);
        assertThat(page.error()).isEqualTo("no answer");
    }

    @Test
    void theLastDeadLettersAreToldWithoutThoseThatWereWithdrawn() {
        for (int i = 1; i <= 12; i++) {
            record(
                    "f",
                    "dead-" + i,
                    "status, failed_at, failure_kind, error_message",
                    "'failed', now() - interval '%d min', 'error', 'no %d'".formatted(i, i));
        }
        record("f", "withdrawn", "status, failure_kind", "'failed', 'cancelled'");
        record("f", "retried", "status, next_retry_at", "'failed', now()");

        assertThat(runs.errors(1, 10))
                .hasSize(10)
                .first()
                .satisfies(it -> assertThat(it.error()).isEqualTo("no 1"));
    }
}
