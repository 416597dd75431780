package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;

/** What the queue's table refuses, and what its columns hold. */
class ConstraintTests {

    private static final RpaDb DB = Postgres.migrated();

    private final OldQueue old = new OldQueue(DB);

    @BeforeEach
    void empty() {
        DB.jdbc().sql("truncate processing_queue restart identity").update();
    }

    // The shape that a status asks for is the triggers' (PythonWorkerTests); none of them runs here.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flow_is_named        | flow_name = ''",
                "status_check         | status = 'done', claimed_at = now()",
                "column \"status\"       | status = null",
                "column \"retry_count\"  | retry_count = null",
                "column \"created_at\"   | created_at = null",
                "column \"updated_at\"   | updated_at = null",
                "column \"available_at\" | available_at = null",
                "column \"crash_count\"  | crash_count = null",
                "processing_queue_key | record_key = 'taken'"
            })
    void refusesWhatNoRowMayHold(String rule, String change) {
        old.produce("f", 1);
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, record_key) values ('f', '{}', 'taken')")
                .update();

        assertThatExceptionOfType(DataIntegrityViolationException.class)
                .isThrownBy(() -> DB.jdbc()
                        .sql("set session_replication_role = replica;" + " update processing_queue set " + change
                                + " where id = 1")
                        .update())
                .withMessageContaining(rule);
    }

    @Test
    void aKeyIsTakenInItsOwnFlowOnly() {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, record_key)"
                        + " values ('f', '{}', 'k'), ('g', '{}', 'k'), ('f', '{}', null), ('f', '{}', null)")
                .update();

        assertThat(DB.count("f", "pending")).isEqualTo(3);
    }

    @Test
    void idsOutgrowTheOldType() {
        DB.jdbc()
                .sql("alter sequence processing_queue_id_seq restart with 3000000000")
                .update();

        assertThat(DB.insertPending("f", 1)).containsExactly(3_000_000_000L);
    }

    @Test
    void timesHaveAZoneAndStartNow() {
        old.produce("f", 1);

        for (String column : new String[] {"created_at", "updated_at", "available_at"}) {
            assertThat(DB.column(1, "pg_typeof(" + column + ")::text", String.class))
                    .isEqualTo("timestamp with time zone");
            assertThat(DB.column(1, "abs(extract(epoch from now() - " + column + ")) < 60", Boolean.class))
                    .isTrue();
        }
    }
}
