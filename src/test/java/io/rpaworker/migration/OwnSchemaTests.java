package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.PgBouncer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A schema that is not {@code public}, in each way that docs/dba.md names. */
class OwnSchemaTests {

    private static final String FLOW = "plain";
    private static final String DRIVER = "spring.datasource.hikari.data-source-properties.";

    private final RpaDb db = Postgres.empty();

    private record Payload() {}

    private record Plain() implements RecordHandler<Payload, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Payload> record) {
            return Outcome.completed(1);
        }
    }

    @BeforeEach
    void schema() {
        db.jdbc().sql("create schema rpa").update();
    }

    @Test
    void namedInTheUrl() {
        works(worker().property("spring.datasource.url", db.url() + "?currentSchema=rpa"));
    }

    @Test
    void namedForThePool() {
        works(worker().property("spring.datasource.hikari.schema", "rpa"));
    }

    @Test
    void namedByWhatThePoolSends() {
        works(worker().property("spring.datasource.hikari.connection-init-sql", "set search_path = rpa"));
    }

    @Test
    void theRolesOwnBehindAPooler() {
        assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
        String name = db.url().substring(db.url().lastIndexOf('/') + 1);
        db.jdbc()
                .sql("alter role postgres in database " + name + " set search_path = rpa")
                .update();
        try (var pooler = PgBouncer.before(db)) {
            works(worker().property("spring.datasource.url", pooler.url())
                    .property(DRIVER + "options", "")
                    .property(DRIVER + "prepareThreshold", "0"));
        }
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db).flow(FLOW).bean(new Plain());
    }

    private void works(TestWorker.Builder builder) {
        try (var worker = builder.start()) {
            assertThat(db.jdbc()
                            .sql("select distinct schemaname from pg_tables where tablename in"
                                    + " ('processing_queue', 'worker_instance', 'rpa_worker_schema_history')")
                            .query(String.class)
                            .list())
                    .isEqualTo(List.of("rpa"));
            db.jdbc()
                    .sql("insert into rpa.processing_queue (flow_name, payload) values ('plain', '{}')")
                    .update();
            worker.until(() -> db.jdbc()
                    .sql("select status = 'completed' from rpa.processing_queue")
                    .query(Boolean.class)
                    .single());
        }
    }
}
