package io.rpaworker.queue.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.rpaworker.control.Actor;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailedRecordsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final FailedRecords records = QueueParts.over(DB).part(FailedRecords.class);

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void resetTakesWhatHasAttemptsLeftDeadLettersToo() {
        DB.insertPending("f", 4);
        DB.insertPending("g", 1);
        DB.fail(1, "null");
        DB.fail(2, "now() + interval '1 hour'");
        DB.fail(3, "null");
        DB.jdbc()
                .sql("update processing_queue set retry_count = 3 where id = 3")
                .update();
        DB.fail(5, "null");

        assertThat(records.reset("f", 3, Actor.named("ada"))).isEqualTo(2);

        assertThat(DB.statuses()).containsExactly("pending", "pending", "failed", "pending", "failed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.nullableColumn(1, "error_message", String.class)).isNull();
        assertThat(DB.nullableColumn(2, "next_retry_at::text", String.class)).isNull();
    }

    @Test
    void resetTakesMoreThanOneBatch() {
        DB.insertPending("f", 2_500);
        DB.jdbc().sql("update processing_queue set status = 'failed'").update();

        assertThat(records.reset("f", 3, Actor.named("ada"))).isEqualTo(2_500);
        assertThat(records.reset("f", 3, Actor.named("ada"))).isZero();
    }

    @Test
    void aResetIsWrittenDownWithWhatItChanged() {
        DB.insertPending("f", 2);
        DB.fail(1, "null");

        records.reset("f", 3, Actor.named("ada"));
        records.reset("f", 3, Actor.named("bob"));

        assertThat(DB.jdbc()
                        .sql("select actor || '|' || action || '|' || flow_name || '|' || details || '|' || records"
                                + " from operator_action")
                        .query(String.class)
                        .list())
                .containsExactly("ada|reset|f|{\"max_retries\": 3}|1");
    }

    @Test
    void aResetThatCannotBeWrittenDownDoesNotHappen() {
        DB.insertPending("f", 1);
        DB.fail(1, "null");

        assertThatException().isThrownBy(() -> records.reset("f", 3, Actor.named("\u0000")));

        assertThat(DB.statuses()).containsExactly("failed");
    }
}
