package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import io.rpaworker.testing.WorkerRole;
import org.junit.jupiter.api.Test;

/** A role that owns the schema, and another one that works on it. */
class MigratorRoleTests {

    private static final String FLOW = "doubles";

    private final RpaDb db = Postgres.empty();

    private record Numbered(int n) {}

    private record Doubles() implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return Outcome.completed(2 * record.payload().n());
        }
    }

    @Test
    void migratesForAWorkerThatMayNot() {
        WorkerRole.setUp(db);
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.username", WorkerRole.WORKER)
                .property("spring.flyway.user", WorkerRole.MIGRATOR)
                .property("spring.flyway.password", "any")
                .property("rpa.flows." + FLOW + ".rate-limit", "1000")
                .flow(FLOW)
                .bean(new Doubles())
                .start()) {
            assertThat(db.jdbc()
                            .sql("select tableowner from pg_tables where schemaname = 'public'")
                            .query(String.class)
                            .set())
                    .containsOnly(WorkerRole.MIGRATOR);

            // Until it has its rights, the worker waits.
            WorkerRole.setUp(db);
            db.insertPending(FLOW, 20);

            worker.until(() -> db.count(FLOW, "completed") == 20);
            worker.until(() -> db.jdbc()
                    .sql("select exists (select from leader_term where name = 'chores' and expires_at > now())")
                    .query(Boolean.class)
                    .single());
        }
    }
}
