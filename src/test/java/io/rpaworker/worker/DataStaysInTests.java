package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a handler says about a record stays with the record, in the table: it may quote the payload. */
@ExtendWith(OutputCaptureExtension.class)
class DataStaysInTests {

    private static final String SECRET = "Lovelace";

    private final RpaDb db = Postgres.migrated();

    record Person(String name, @Nullable Integer age) {}

    /** What one flow's handler does with a person. */
    @FunctionalInterface
    private interface Doing {

        Outcome<String> with(String name) throws Exception;
    }

    private record One(String flow, Doing doing) implements RecordHandler<Person, String> {

        @Override
        public Outcome<String> handle(WorkRecord<Person> record) throws Exception {
            return doing.with(record.payload().name());
        }
    }

    private record Probing(String flow) implements RecordHandler<Person, String> {

        @Override
        public Outcome<String> handle(WorkRecord<Person> record) {
            return Outcome.completed("never");
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("crm", () -> {
                throw new IllegalStateException("http://user:Lovelace@crm.example");
            }));
        }
    }

    /** Writes the name where a constraint refuses it, by itself or as a batch. */
    private record Writing(String flow, boolean batch, BeanFactory beans)
            implements BatchRecordHandler<Person, String> {

        @Override
        public List<Outcome<String>> handle(List<WorkRecord<Person>> records) {
            return records.stream()
                    .map(it -> Outcome.completed(it.payload().name()))
                    .toList();
        }

        @Override
        public void write(List<Handled<Person, String>> chunk) {
            var jdbc = beans.getBean(JdbcTemplate.class);
            var rows = chunk.stream().map(it -> new Object[] {it.result()}).toList();
            if (batch) {
                jdbc.batchUpdate("insert into person values (?)", rows);
            } else {
                rows.forEach(it -> jdbc.update("insert into person values (?)", it));
            }
        }
    }

    @Test
    void noTextOfAPayloadIsLoggedOrShown(CapturedOutput output) {
        db.execute("create table person (name text constraint person_is_nobody check (name = ''))");
        var flows = List.of("throws", "rejects", "later", "waits", "says", "writes", "batches", "decodes");
        flows.forEach(this::insert);
        db.execute(
                "update processing_queue set payload = payload || '{\"age\": \"Lovelace\"}' where flow_name = 'decodes'");
        String health;
        try (var worker = TestWorker.on(db)
                .property("rpa.global.max-retries", "2")
                .property("rpa.global.retry.initial-delay", "10ms")
                .property("rpa.global.retry.max-delay", "20ms")
                .property("rpa.flows.throws.enabled", "true")
                .property("rpa.flows.rejects.enabled", "true")
                .property("rpa.flows.later.enabled", "true")
                .property("rpa.flows.waits.enabled", "true")
                .property("rpa.flows.says.enabled", "true")
                .property("rpa.flows.writes.enabled", "true")
                .property("rpa.flows.batches.enabled", "true")
                .property("rpa.flows.decodes.enabled", "true")
                .property("rpa.flows.probing.enabled", "true")
                .bean(new One("throws", name -> {
                    throw new IllegalStateException("Could not send " + name, new IllegalArgumentException(name));
                }))
                .bean(new One("rejects", name -> Outcome.rejected("No customer: " + name)))
                .bean(new One("later", name -> Outcome.retryLater(Duration.ZERO, "Busy with " + name)))
                .bean(new One("waits", name -> {
                    throw new UnknownHostException(name + "\n2026-11-28 ERROR forged");
                }))
                .bean(new One("says", name -> Outcome.sourceUnavailable("No mail to " + name)))
                .bean(new One("decodes", Outcome::completed))
                .bean(new Probing("probing"))
                .bean(beans -> new Writing("writes", false, beans))
                .bean(beans -> new Writing("batches", true, beans))
                .start()) {
            var sources = worker.bean(CircuitBreakers.class);
            worker.until(() -> dead() == 6
                    && sources.unavailable().keySet().containsAll(List.of("flow:waits", "flow:says", "crm")));
            health = sources.unavailable().toString();
        }

        assertThat(output.getAll())
                .doesNotContain(SECRET)
                .contains("of flow throws fails at attempt 1 of 2")
                .contains("Caused by: io.rpaworker.text.MessageLeftOut: java.lang.IllegalArgumentException")
                .contains("Flows wait for source flow:waits: java.net.UnknownHostException")
                .contains("1 more failures of flow later like that of record");
        assertThat(health)
                .doesNotContain(SECRET)
                .contains("crm=java.lang.IllegalStateException")
                .contains("flow:says=its handler answers Outcome.sourceUnavailable");
        assertThat(error("throws")).contains("Could not send " + SECRET);
        assertThat(error("rejects")).isEqualTo("No customer: " + SECRET);
        assertThat(error("writes")).contains("person_is_nobody").doesNotContain(SECRET);
        assertThat(error("batches")).contains("person_is_nobody").doesNotContain(SECRET);
        assertThat(db.jdbc()
                        .sql("select handler || ' ' || attempt || ' ' || outcome from processing_log"
                                + " where flow_name = 'throws' order by id")
                        .query(String.class)
                        .list())
                .containsExactly(One.class.getName() + " 1 retried", One.class.getName() + " 2 dead_letter");
    }

    /** Its write ends its own session, and then says whose record it was. */
    private record Breaking(String flow, BeanFactory beans) implements RecordHandler<Person, String> {

        @Override
        public Outcome<String> handle(WorkRecord<Person> record) {
            return Outcome.completed(record.payload().name());
        }

        @Override
        public void write(List<Handled<Person, String>> chunk) {
            try {
                beans.getBean(JdbcTemplate.class).execute("select pg_terminate_backend(pg_backend_pid())");
            } catch (DataAccessException e) {
                throw new IllegalStateException(
                        "No contract of " + chunk.getFirst().result());
            }
        }
    }

    @Test
    void whatAWriteThrowsIsNotLoggedWhereRollingBackFailsToo(CapturedOutput output) {
        insert("breaks");
        try (var worker = TestWorker.on(db)
                .property("rpa.global.max-retries", "1")
                .flow("breaks")
                .bean(beans -> new Breaking("breaks", beans))
                .start()) {
            worker.until(() -> dead() == 1);
        }

        assertThat(error("breaks")).contains("No contract of " + SECRET);
        assertThat(output.getAll())
                .contains("of flow breaks fails at attempt 1 of 1")
                .doesNotContain(SECRET);
    }

    @Test
    void aRuleMasksWhatIsKept(CapturedOutput output) {
        insert("throws");
        insert("rejects");
        Redaction rule = (flow, text) -> text.replace(SECRET, "#" + flow);
        try (var worker = TestWorker.on(db)
                .property("rpa.global.max-retries", "1")
                .flow("throws")
                .flow("rejects")
                .bean(rule)
                .bean(new One("throws", name -> {
                    throw new IllegalStateException(name);
                }))
                .bean(new One("rejects", Outcome::rejected))
                .start()) {
            worker.until(() -> dead() == 2);
        }

        assertThat(error("throws")).isEqualTo("java.lang.IllegalStateException: #throws");
        assertThat(error("rejects")).isEqualTo("#rejects");
        assertThat(db.jdbc()
                        .sql("select string_agg(error, ',' order by flow_name) from processing_log")
                        .query(String.class)
                        .single())
                .isEqualTo("#rejects,java.lang.IllegalStateException: #throws");
        assertThat(output.getAll()).doesNotContain(SECRET);
    }

    private void insert(String flow) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload) values (:flow, '{\"name\": \"Lovelace\"}')")
                .param("flow", flow)
                .update();
    }

    private int dead() {
        return db.jdbc()
                .sql("select count(*) from processing_queue where status = 'failed' and next_retry_at is null")
                .query(Integer.class)
                .single();
    }

    private String error(String flow) {
        return db.jdbc()
                .sql("select error_message from processing_queue where flow_name = :flow")
                .param("flow", flow)
                .query(String.class)
                .single();
    }
}
