package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records whose payload cannot be fetched, among others. */
class UnreadablePayloadTests {

    private static final String FLOW = "counting";

    private final RpaDb db = Postgres.migrated();

    private record Batch() implements BatchRecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<Integer>> handle(List<WorkRecord<Numbered>> batch) {
            return batch.stream().map(it -> Outcome.completed(it.payload().n())).toList();
        }
    }

    static Stream<FlowHandler<?, ?>> handlers() {
        return Stream.of(Numbers.of(FLOW), new Batch());
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void areDeadLettersAndTheirNeighboursAreCompleted(FlowHandler<?, ?> handler) {
        db.insertPending(FLOW, 20);
        db.jdbc().sql("""
                update processing_queue
                set crash_count = id - 8, payload = case id
                    when 8 then jsonb_build_object(
                        'n', 1, 'bomb', (select jsonb_agg('1e131071'::jsonb) from generate_series(1, 9000)))
                    when 9 then jsonb_build_object('n', 1, 'text', repeat('x', 200000))
                    else jsonb_build_object('n', 1, 'bomb', array['1e131071'::jsonb, '1e131071']) end
                where id in (8, 9, 10)
                """).update();
        try (var worker = TestWorker.on(db)
                .property("rpa.worker.max-payload-bytes", "128KB")
                .flow(FLOW)
                .bean(handler)
                .start()) {
            worker.until(() -> db.count(FLOW, "completed") == 17 && db.count(FLOW, "failed") == 3);
        }

        assertThat(db.jdbc()
                        .sql(
                                "select distinct failure_kind from processing_queue where failed_at is not null"
                                        + " and next_retry_at is null and error_message like '%rpa.worker.max-payload-bytes (131072)'")
                        .query(String.class)
                        .list())
                .containsExactly("payload");
        assertThat(db.column(8, "error_message", String.class)).contains("max-payload-bytes");
        assertThat(db.column(10, "error_message", String.class)).contains("max-payload-bytes");
    }
}
