package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.deadletter.DeadLetterActions;
import io.rpaworker.queue.deadletter.DeadLetterFilter;
import io.rpaworker.queue.order.Cancellations;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A record that somebody cancels is a dead letter of kind cancelled, wherever it is at that moment. */
class CancelledRecordTests {

    private static final String FLOW = "long";
    private static final Actor ADA = new Actor("ada", "wrong customer");

    private final RpaDb db = Postgres.migrated();
    private final AtomicBoolean end = new AtomicBoolean();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final Queue<List<Long>> batches = new ConcurrentLinkedQueue<>();

    record Task(String does) {}

    private void run(String does) throws InterruptedException {
        calls.incrementAndGet();
        while (!end.get() && !does.equals("nothing")) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                if (does.equals("sleep")) {
                    throw e;
                }
            }
        }
    }

    /** Does what the payload says. */
    private final class One implements RecordHandler<Task, Boolean> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Task> record) throws InterruptedException {
            run(record.payload().does());
            return Outcome.completed(true);
        }
    }

    /** Does so for each of a batch. */
    private final class Batch implements BatchRecordHandler<Task, Boolean> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<Boolean>> handle(List<WorkRecord<Task>> records) throws InterruptedException {
            batches.add(records.stream().map(WorkRecord::id).toList());
            for (WorkRecord<Task> record : records) {
                run(record.payload().does());
            }
            return records.stream().map(it -> Outcome.completed(true)).toList();
        }
    }

    @AfterEach
    void end() {
        end.set(true);
    }

    private long insert(String does) {
        return db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " values ('long', jsonb_build_object('does', cast(:does as text))) returning id")
                .param("does", does)
                .query(Long.class)
                .single();
    }

    private String record(long id) {
        return db.jdbc()
                .sql("select concat_ws('|', status, failure_kind, error_message, next_retry_at) from processing_queue"
                        + " where id = :id")
                .param("id", id)
                .query(String.class)
                .single();
    }

    private boolean nothingIsLeftToDo() {
        return db.jdbc()
                .sql("select not exists (select from record_cancellation)")
                .query(Boolean.class)
                .single();
    }

    private static Cancellations cancellations(TestWorker worker) {
        return worker.bean(Cancellations.class);
    }

    @Test
    void aCallIsInterruptedAndItsRecordIsCancelled() {
        try (var worker = TestWorker.on(db).bean(new One()).flow(FLOW).start()) {
            long id = insert("sleep");
            worker.until(() -> calls.get() == 1);

            assertThat(cancellations(worker).cancel(id, ADA)).isEqualTo(Cancellations.Outcome.ASKED);

            worker.until(() -> record(id).startsWith("failed"));
            assertThat(record(id)).isEqualTo("failed|cancelled|Cancelled by ada: wrong customer");
            assertThat(interrupts).hasValue(1);
            worker.until(this::nothingIsLeftToDo);
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void aCallThatIgnoresTheInterruptIsGivenUp() {
        try (var worker = TestWorker.on(db)
                .bean(new One())
                .flow(FLOW)
                .property("rpa.global.concurrency", "2")
                .start()) {
            long id = insert("swallow");
            worker.until(() -> calls.get() == 1);
            cancellations(worker).cancel(id, ADA);

            worker.until(() -> record(id).startsWith("failed"));
            assertThat(record(id)).startsWith("failed|cancelled|");
            // The other slot goes on.
            long next = insert("nothing");
            worker.until(() -> record(next).startsWith("completed"));
        }
    }

    @Test
    void whatEndsWellBeforeTheInterruptIsCompleted() {
        try (var worker = TestWorker.on(db).bean(new One()).flow(FLOW).start()) {
            long id = insert("swallow");
            worker.until(() -> calls.get() == 1);
            end.set(true);
            worker.until(() -> record(id).startsWith("completed"));

            assertThat(cancellations(worker).cancel(id, ADA)).isEqualTo(Cancellations.Outcome.ENDED);
            assertThat(nothingIsLeftToDo()).isTrue();
            assertThat(record(id)).startsWith("completed");
        }
    }

    // Its neighbours run again without it, and no attempt of theirs is used.
    @Test
    void theNeighboursInABatchAreCompleted() {
        long first = insert("nothing");
        long meant = insert("sleep");
        long last = insert("nothing");
        try (var worker = TestWorker.on(db).bean(new Batch()).flow(FLOW).start()) {
            worker.until(() -> calls.get() >= 1 && !batches.isEmpty());
            worker.until(() -> db.status(meant).equals("processing"));
            cancellations(worker).cancel(meant, ADA);

            worker.until(() -> record(meant).startsWith("failed|cancelled"));
            worker.until(
                    () -> record(first).startsWith("completed") && record(last).startsWith("completed"));
            assertThat(interrupts).hasValue(1);
            assertThat(db.jdbc()
                            .sql("select sum(retry_count) from processing_queue where id <> :id")
                            .param("id", meant)
                            .query(Integer.class)
                            .single())
                    .isZero();
            assertThat(batches)
                    .last()
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .doesNotContain(meant);
        }
    }

    // The order that came later counts.
    @Test
    void whoRetriesARecordTakesItsCancellationBack() {
        try (var worker =
                TestWorker.on(db).property("rpa.worker.enabled", "false").start()) {
            long id = insert("nothing");
            db.fail(id, "null");
            db.jdbc()
                    .sql("insert into record_cancellation (record_id, asked_by) values (:id, 'ada')")
                    .param("id", id)
                    .update();

            worker.bean(DeadLetterActions.class).retry(DeadLetterFilter.ALL.withId(id), ADA);
            cancellations(worker).carryOut();

            assertThat(record(id)).startsWith("pending");
            assertThat(nothingIsLeftToDo()).isTrue();
        }
    }

    @Test
    void whatIsRetriedRightAfterItWasCancelledRuns() {
        try (var worker = TestWorker.on(db).bean(new One()).flow(FLOW).start()) {
            long id = insert("sleep");
            worker.until(() -> calls.get() == 1);
            cancellations(worker).cancel(id, ADA);
            worker.until(() -> record(id).startsWith("failed|cancelled"));
            end.set(true);

            worker.bean(DeadLetterActions.class).retry(DeadLetterFilter.ALL.withId(id), ADA);

            worker.until(() -> !record(id).startsWith("pending") && !record(id).startsWith("processing"));
            assertThat(record(id)).startsWith("completed");
        }
    }

    // Whoever holds a record for long keeps no other order waiting.
    @Test
    void whatIsUnderWayKeepsNothingBehindItWaiting() {
        try (var worker =
                TestWorker.on(db).property("rpa.worker.enabled", "false").start()) {
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload, status)"
                            + " select 'long', '{}', 'processing' from generate_series(1, 1000)")
                    .update();
            db.jdbc()
                    .sql("insert into record_cancellation (record_id, asked_by)"
                            + " select id, 'ada' from processing_queue")
                    .update();
            long id = insert("nothing");
            db.jdbc()
                    .sql("insert into record_cancellation (record_id, asked_by) values (:id, 'ada')")
                    .param("id", id)
                    .update();

            assertThat(cancellations(worker).carryOut()).isEqualTo(1);
            assertThat(record(id)).startsWith("failed|cancelled");
        }
    }

    // What was cancelled while it waited in a claim does not begin.
    @Test
    void whatHasNotBegunDoesNotBegin() {
        try (var worker = TestWorker.on(db)
                .bean(new One())
                .flow(FLOW)
                .property("rpa.global.concurrency", "1")
                .property("rpa.global.claim-ahead", "20s")
                .start()) {
            for (int i = 0; i < 20; i++) {
                insert("nothing");
            }
            worker.until(() -> calls.get() == 20);
            List<Long> ids = Stream.generate(() -> insert("sleep")).limit(3).toList();
            worker.until(() -> calls.get() == 21);
            cancellations(worker).cancel(ids.get(1), ADA);
            cancellations(worker).cancel(ids.get(2), ADA);
            worker.until(
                    () -> worker.bean(Worker.class).orders().cancellations().size() == 2
                            || record(ids.get(2)).startsWith("failed"));
            cancellations(worker).cancel(ids.getFirst(), ADA);

            ids.forEach(id -> worker.until(() -> record(id).startsWith("failed|cancelled")));
            assertThat(calls).hasValue(21);
            assertThat(interrupts).hasValue(1);
        }
    }

    @Test
    void whatWaitsIsCancelledAtOnce() {
        try (var worker =
                TestWorker.on(db).property("rpa.worker.enabled", "false").start()) {
            long id = insert("nothing");

            assertThat(cancellations(worker).cancel(id, ADA)).isEqualTo(Cancellations.Outcome.CANCELLED);

            assertThat(record(id)).isEqualTo("failed|cancelled|Cancelled by ada: wrong customer");
            assertThat(nothingIsLeftToDo()).isTrue();
        }
    }

    // A replica that dies gives its records back; they are not to run again.
    @Test
    void whatADeadReplicaHadIsCancelledOnceItIsFound() {
        long id = insert("nothing");
        db.insertReplica("gone");
        db.jdbc()
                .sql("with claim as (select '00000000-0000-4000-8000-000000000001'::uuid as id), booked as ("
                        + " insert into processing_claim (claim_id, instance_id, flow_name, record_ids)"
                        + " select id, 'gone', 'long', array[cast(:id as bigint)] from claim)"
                        + " update processing_queue set status = 'processing', claimed_at = now(),"
                        + " claim_id = (select id from claim), flow_instance_id = 'gone'")
                .param("id", id)
                .update();
        try (var worker = TestWorker.on(db).bean(new One()).flow(FLOW).start()) {
            assertThat(cancellations(worker).cancel(id, ADA)).isEqualTo(Cancellations.Outcome.ASKED);
            db.jdbc()
                    .sql("update worker_instance set lease_until = now() - interval '1 minute' where id = 'gone'")
                    .update();

            worker.until(() -> record(id).startsWith("failed"));
            assertThat(record(id)).startsWith("failed|cancelled|");
            worker.until(this::nothingIsLeftToDo);
        }
    }
}
