package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.rpaworker.control.ActionLog;
import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditLog;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.Limits;
import io.rpaworker.flow.Partition;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.lease.KnownInstances;
import io.rpaworker.lease.RegisteredInstances;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.counts.OrphanedRecords;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.counts.QueueRecount;
import io.rpaworker.queue.counts.RetryBacklog;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.counts.TableUpkeep;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.queue.intake.RunIntake;
import io.rpaworker.queue.order.Cancellations;
import io.rpaworker.queue.order.DueTimes;
import io.rpaworker.queue.retention.Retention;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.shape.IdRoom;
import io.rpaworker.queue.shape.QueueShape;
import io.rpaworker.queue.story.QueueRecord;
import io.rpaworker.queue.story.RecordExport;
import io.rpaworker.queue.story.Records;
import io.rpaworker.queue.story.UnderWay;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What PostgreSQL does for every statement of this package on a million rows, for one record and for a thousand, with
 * statistics and without: as after an upgrade or a restore.
 */
class PlanTests {

    private static final RpaDb DB = Postgres.migrated();
    // Each of several flows is read from its front once: what a test has left dead there is not what is looked at.
    private static final int FLOWS = 16;
    private static final int BUFFERS_PER_RECORD = 12;
    // What puts a record back into the waiting index, or into that of the failures, or adds or deletes it.
    private static final int BUFFERS_PER_INDEXED_RECORD = 16;
    // Before PostgreSQL 17, "id = any" goes down the index once for each id.
    private static final int BUFFERS_PER_ID = Postgres.majorVersion() < 17 ? 3 : 0;

    // The first on another table; the second's statements read none, and the third's has to read all of it once a day.
    private static final Set<Class<?>> LOOKED_AT_ELSEWHERE =
            Set.of(QueueCounts.class, Notifications.class, QueueRecount.class, RunIntake.class);

    @BeforeAll
    static void aMillionRows() {
        DB.insertReplica("a");
        // A vacuum at the wrong moment would change what is counted here.
        DB.jdbc()
                .sql("alter table processing_queue set (autovacuum_enabled = false)")
                .update();
        DB.jdbc().sql("""
                        insert into processing_queue (flow_name, payload)
                        select 'f' || n * :flows / 1000000, jsonb_build_object('n', n) from generate_series(0, 999999) n
                        """).param("flows", FLOWS).update();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, true", "3, 1000, true", "6, 1, false", "9, 1000, false"})
    void everyStatementGoesByAnIndex(int firstFlow, int batch, boolean analyzed) throws SQLException {
        statistics(DB, analyzed);
        String flow = "f" + firstFlow;
        String another = "f" + (firstFlow + 1);
        String third = "f" + (firstFlow + 2);
        // As a superuser, who alone may set what is told of functions.
        try (Connection connection = DB.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set track_functions = 'pl'");
            var explained = new Explained(connection);
            claimsAndSettling(explained, flow, batch);
            suspects(explained, another);
            limits(explained, another, batch);
            leftovers(explained, another, batch);
            intake(explained, third, batch);
            orphans(explained, third, batch);
            failures(explained, batch);
            retention(explained);
            leases(explained);
            looks(explained);
            orders(explained);

            if (batch > 1) {
                assertThat(explained.texts())
                        .containsAll(statements(type -> !LOOKED_AT_ELSEWHERE.contains(type)
                                && !type.getPackage().equals(RunClosing.class.getPackage())));
            }
            session.execute(
                    "create or replace function the_last() returns int language plpgsql as 'begin return 1; end'");
            session.execute("select the_last()");
        }
        // What the statements leave of a row is not mended by an update of its own, and none takes what is completed. A
        // session's functions are told in their order, by the time that it has ended.
        await().until(() -> functions().contains("the_last"));
        assertThat(functions()).contains("queue_total_add").doesNotContain("processing_queue_mend");
    }

    private static List<String> functions() {
        return DB.jdbc()
                .sql("select funcname from pg_stat_user_functions")
                .query(String.class)
                .list();
    }

    @Test
    void aPartitionReadsNoMoreThanItsShareOfTheIndex() throws SQLException {
        statistics(DB, true);
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            explained.queue().claim(request("f15", 100, new Partition(3, 4)));
            explained.assertIndexed("claim of a partition", 100, BUFFERS_PER_RECORD);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsReadNoCompletedRecord(boolean analyzed) throws SQLException {
        RpaDb db = Postgres.migrated();
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, payload, status)
                        select 'f' || n % 4, '{}', case when n % 1000 = 0 then 'pending' else 'completed' end
                        from generate_series(1, 100000) n
                        """).update();
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, payload, status, available_at)
                        select 'always', '{}', case when n > 99900 then 'pending' else 'completed' end, '-infinity'
                        from generate_series(1, 100000) n
                        """).update();
        db.jdbc().sql("vacuum (index_cleanup on) processing_queue").update();
        statistics(db, analyzed);
        try (Connection connection = db.dataSource().getConnection()) {
            var explained = new Explained(connection);
            var counts = explained.queue().counts();
            counts.byFlow();
            counts.oldestAges();
            counts.later();
            counts.flows(10);
            counts.anyOf("f0");
            counts.fold();
            explained.assertIndexed("counts", 200, BUFFERS_PER_RECORD);

            assertThat(explained.texts()).containsAll(statements(QueueCounts.class::equals));
        }
    }

    // What is under way is summed up once, not for each flow.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsOfManyFlowsCostTheSameForEach(boolean analyzed) throws SQLException {
        int flows = 20_000;
        RpaDb db = Postgres.migrated();
        db.insertReplica("a");
        db.jdbc().sql("""
                        insert into processing_queue (flow_name, payload)
                        select 'f' || n % :flows, '{}' from generate_series(1, 2 * :flows) n
                        """).param("flows", flows).update();
        try (Connection connection = db.dataSource().getConnection()) {
            var claims = QueueParts.over(db).part(Claims.class);
            for (int flow = 0; flow < 200; flow++) {
                claims.claim(request("f" + flow, 1, Partition.ALL));
            }
            db.jdbc().sql("vacuum (index_cleanup on) processing_queue").update();
            statistics(db, analyzed);
            var explained = new Explained(connection);
            var counts = explained.queue().counts();
            assertThat(counts.byFlow()).hasSize(flows).containsEntry("f7", new StatusCounts(1, 1, 0, 0));
            assertThat(counts.oldestAges()).hasSize(flows);
            explained.assertIndexed("counts", flows, BUFFERS_PER_RECORD);
            counts.fold();
        }
    }

    private static void claimsAndSettling(Explained explained, String flow, int batch) {
        var claims = explained.queue().part(Claims.class);
        // More than five times each, so that the server may come to prefer a generic plan.
        Position reached = null;
        for (int round = 0; round < 42; round++) {
            Claim claim = claims.claim(request(flow, batch, Partition.ALL, reached));
            assertThat(claim.records()).hasSize(batch);
            // What is done lies before it, and must not be walked over to be left out.
            explained.assertIndexCondition("ROW(available_at, id) > ROW(");
            explained.assertIndexed("claim", batch, BUFFERS_PER_RECORD);
            reached = claim.last();
            settle(round, explained.queue(), claim);
            boolean completed = round % 7 < 3;
            int most = completed ? BUFFERS_PER_RECORD : BUFFERS_PER_INDEXED_RECORD;
            explained.assertIndexed("settle", batch, most + 2 * BUFFERS_PER_ID);
        }
    }

    private static void settle(int round, QueueParts queue, Claim claim) {
        List<Long> ids = claim.records().stream().map(Claim.ClaimedRecord::id).toList();
        switch (round % 7) {
            case 0 -> queue.completions().complete(claim.id(), ids, Map.of());
            case 1 ->
                queue.completions()
                        .complete(
                                claim.id(), ids, ids.stream().collect(Collectors.toMap(id -> id, id -> "{\"r\": 1}")));
            case 2 -> {
                // A plan is told of with the next statement, and of the last one before a rollback never.
                queue.transaction().executeWithoutResult(status -> {
                    status.setRollbackOnly();
                    queue.completions().find(claim.id(), ids);
                    queue.failures().failed(claim.id(), ids);
                    queue.releases().held(claim.id(), ids);
                });
                queue.releases().held(claim.id(), ids);
                queue.completions().prove();
                queue.completions().completeAll(UUID.randomUUID(), ids, Map.of());
                queue.completions().completeAll(UUID.randomUUID(), ids, Map.of(ids.getFirst(), "1"));
                queue.completions().isCommitted("1");
            }
            case 3 -> queue.failures().fail(claim.id(), "test.Handler", failed(ids));
            case 4 -> queue.releases().postpone(claim.id(), ids, Duration.ofHours(1));
            case 5 -> queue.releases().releaseWhole(claim.id());
            default -> queue.releases().release(claim.id(), ids);
        }
    }

    private static Map<Long, Failure> failed(List<Long> ids) {
        return ids.stream()
                .collect(Collectors.toMap(
                        id -> id, id -> new Failure("x", FailureKind.ERROR, "f", Duration.ofHours(1), Duration.ZERO)));
    }

    private static void limits(Explained explained, String flow, int batch) {
        var claims = explained.queue().part(Claims.class);
        var limited = explained.queue().limitedClaims();
        limited.claim(request(flow, batch, Partition.ALL), new Limits(1_000_000.0, 1_000_000));
        assertThat(explained.queue().part(UnderWay.class).byReplica()).isNotEmpty();
        explained.assertNoScan("limited claim, and what is under way");
        // All but the first are released.
        Claim unread = claims.claimUnread(request(flow, batch, Partition.ALL));
        var narrow = new ClaimRequest(unread.id(), "a", flow, batch, 1, null, Partition.ALL);
        assertThat(claims.read(unread, narrow).records()).hasSize(1);
        explained.assertIndexed("reading of a claim", batch, BUFFERS_PER_INDEXED_RECORD);
    }

    private static void leftovers(Explained explained, String flow, int batch) {
        var claims = explained.queue().part(Claims.class);
        Claim claim = claims.claim(request(flow, batch, Partition.ALL));
        stories(explained, claim);
        var booked = explained.queue().bookedClaims();
        booked.revoke(UUID.randomUUID(), "a", flow);
        booked.held("a", flow);
        booked.runsAlone(claim.id());
        booked.forgetIfSettled(List.of(claim.id()));
        var bounds = new HashMap<String, @Nullable Instant>();
        bounds.put(flow, Instant.EPOCH);
        bounds.put("none", null);
        explained.queue().dueFlows().among(bounds);
        explained.queue().dueFlows().listening(new WorkerInstance("a", "a", "1"), true);
        explained.assertIndexed("leftovers", batch, BUFFERS_PER_RECORD);
    }

    private static void stories(Explained explained, Claim claim) {
        var records = explained.queue().part(Records.class);
        assertThat(records.idOf(claim.flow(), "none")).isEmpty();
        QueueRecord record = records.find(claim.records().getFirst().id()).orElseThrow();
        records.payload(record.id());
        records.attempts(record.id(), 100);
        assertThat(records.claim(String.valueOf(record.claimId()))).isPresent();
        records.before(record, claim.records().size());
    }

    private static void suspects(Explained explained, String flow) {
        var claims = explained.queue().part(Claims.class);
        Claim claim = claims.claim(request(flow, 1, Partition.ALL));
        explained
                .queue()
                .releases()
                .suspect(claim.id(), List.of(claim.records().getFirst().id()));
        assertThat(claims.claimSuspect(UUID.randomUUID(), "a", flow, flow).records())
                .hasSize(1);
        explained.assertIndexed("suspect", 1, BUFFERS_PER_INDEXED_RECORD);
    }

    private static void intake(Explained explained, String flow, int batch) {
        var intake = explained.queue().intake();
        intake.add(
                flow,
                IntStream.range(0, batch)
                        .mapToObj(i -> new NewRecord("{}", UUID.randomUUID().toString(), Instant.EPOCH))
                        .toList());
        explained.assertIndexed("add", batch, BUFFERS_PER_INDEXED_RECORD);
    }

    private static void orphans(Explained explained, String flow, int batch) {
        DB.jdbc().sql("delete from processing_claim").update();
        DB.insertReplica("gone");
        explained
                .queue()
                .claim(new ClaimRequest(UUID.randomUUID(), "gone", flow, batch, 16_000_000, null, Partition.ALL));
        DB.expireLease("gone");
        // A Python worker's.
        DB.jdbc().sql("""
                        update processing_queue set status = 'processing', claimed_at = now() - interval '2 hours'
                        where id in (
                            select id from processing_queue
                            where flow_name = :flow and claimed_at is null and crash_count = 0 limit :batch)
                        """).param("flow", flow).param("batch", batch).update();
        var orphans = explained.queue().orphans();
        assertThat(orphans.any()).isTrue();
        assertThat(orphans.declareDead()).isOne();
        while (!orphans.recover(3).isEmpty()) {
            // Until nothing is left; then their claims are forgotten.
        }
        var unfenced = explained.queue().unfencedOrphans();
        assertThat(unfenced.any(Duration.ofHours(1))).isTrue();
        assertThat(unfenced.recover(flow, Duration.ofHours(1), 3).records()).isEqualTo(batch);
        DB.jdbc()
                .sql("update worker_instance set crashed = false where id = 'gone'")
                .update();
        assertThat(orphans.acquit()).isPositive();
        // The sweeps before have left dead entries in the one index of all flows.
        explained.assertNoScan("orphans");
        DB.jdbc().sql("delete from worker_instance where id = 'gone'").update();
    }

    private static void failures(Explained explained, int batch) {
        failedRecords(batch);
        var retries = explained.queue().retries();
        var operator = new Operator(explained.queue());
        assertThat(retries.promote(List.of("failing"))).isEqualTo(batch);
        failedRecords(batch);
        assertThat(operator.reset("failing", 3)).isEqualTo(batch);
        failedRecords(3 * batch);
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = null where flow_name = 'failing'")
                .update();
        operator.list("failing");
        operator.groups("failing");
        operator.figures("failing");
        operator.retryWithCanary("failing", batch);
        DB.jdbc()
                .sql(
                        "update processing_queue set status = 'completed' where flow_name = 'failing' and status = 'pending'")
                .update();
        var canaries = explained.queue().canaries();
        while (canaries.watchOnce()) {
            // The rest follows batch by batch.
        }
        failedRecords(batch);
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = null where flow_name = 'failing'")
                .update();
        assertThat(operator.purge("failing")).isEqualTo(batch);
        explained.assertIndexed("failures", 3 * batch, BUFFERS_PER_INDEXED_RECORD);
        // Looks at every failure of every flow.
        operator.retryGroup("of none");
        explained.assertNoScan("walk");
    }

    // What an operator orders, about one record of a million and about flows.
    private static void orders(Explained explained) {
        explained.queue().part(AuditLog.class).note(Actor.named("ada"), "look", null, Map.of(), 0);
        explained.queue().part(ActionLog.class).latest("f1", Long.MAX_VALUE, 50);
        var orders = explained.queue().part(StandingOrders.class);
        assertThat(orders.isFuture(Instant.MAX)).isTrue();
        orders.pause("of none", null, Actor.named("ada"));
        assertThat(orders.read().pauses()).containsKey("of none");
        assertThat(orders.resume("of none", Actor.named("ada"))).isTrue();
        long id = DB.insertPending("ordered", 1).getFirst();
        var due = explained.queue().part(DueTimes.class);
        assertThat(due.postpone(id, Instant.now().plusSeconds(3_600))).isTrue();
        assertThat(due.runNow(id)).isTrue();
        // PostgreSQL tells of a transaction's statement when the next one comes.
        explained.transaction().executeWithoutResult(status -> {
            assertThat(explained.queue().part(Cancellations.class).cancel(id, Actor.named("ada")))
                    .isEqualTo(Cancellations.Outcome.CANCELLED);
            explained.queue().part(ActionLog.class).latest(null, Long.MAX_VALUE, 1);
        });
        explained.assertIndexed("orders", 1, 20 * BUFFERS_PER_RECORD);
        var operator = new Operator(explained.queue());
        operator.count("ordered");
        operator.failed("ordered", 3);
        explained.queue().unfencedOrphans().count(Duration.ofHours(1));
        explained.assertNoScan("counts for orders");
    }

    private static void failedRecords(int count) {
        DB.jdbc()
                .sql("delete from processing_queue where flow_name = 'failing'")
                .update();
        // What was there before has left dead entries in the same part of the index.
        DB.jdbc().sql("vacuum (index_cleanup on) processing_queue").update();
        DB.jdbc().sql("""
                        insert into processing_queue (flow_name, payload, status, next_retry_at)
                        select 'failing', '{}', 'failed', now() from generate_series(1, :count)
                        """).param("count", count).update();
    }

    private static void retention(Explained explained) {
        var retention = explained.queue().retention();
        var terms = new Retention.Terms(
                Duration.ofDays(7), Duration.ofDays(30), null, retention.lastAdopted(), List.of("f0", "f1"));
        assertThat(retention.purge(Long.MIN_VALUE, terms, List.of(1L, 2L)).reached())
                .isPositive();
        // A walk begins at the first entry of the primary key, without a look for the smallest id.
        explained.assertIndexCondition("(id >= '-9223372036854775808'::bigint)");
        var oldRecords = explained.queue().oldRecords();
        oldRecords.delete(oldRecords.look(Long.MIN_VALUE, terms).old(), terms);
        retention.purgeReplicas();
        assertThat(retention.purgeAttempts(Duration.ofDays(7))).isZero();
        var table = explained.queue().tableHealth();
        table.deadTuples();
        table.holders();
        explained.assertIndexed("retention", 2_000, BUFFERS_PER_RECORD);
        assertThat(explained.queue().strays().release(Long.MIN_VALUE).reached()).isPositive();
        explained.assertIndexed("stray records", 5_000, BUFFERS_PER_RECORD);
    }

    private static void leases(Explained explained) {
        var leases = explained.queue().leases();
        var replica = WorkerInstance.startedOn("host", "1");
        leases.register(replica, Duration.ofSeconds(30), Map.of());
        leases.renew(replica, Duration.ofSeconds(30));
        explained.queue().liveHandlers().find();
        explained.queue().part(KnownInstances.class).recent(10);
        leases.end(replica);
        explained.assertIndexed("leases", 1, BUFFERS_PER_RECORD);
    }

    private static void looks(Explained explained) {
        explained.queue().part(OrphanedRecords.class).count(Map.of("f0", Duration.ofHours(1)), Duration.ofHours(1));
        explained.queue().part(RetryBacklog.class).count(Duration.ofMinutes(5), 1_000);
        explained.assertIndexed("orphans and retries", 200, BUFFERS_PER_RECORD);
        explained.queue().part(RecordExport.class).after(500_000, 1_000, "f0", null);
        explained.assertNoScan("export");
        var upkeep = explained.queue().part(TableUpkeep.class);
        upkeep.look();
        upkeep.isAutomatic();
        upkeep.passedOver();
        explained.queue().part(QueueShape.class).find();
        explained.queue().part(IdRoom.class).sequences();
        explained.queue().part(RegisteredInstances.class).find();
        explained.assertNoScan("catalogs");
    }

    private static ClaimRequest request(String flow, int batch, Partition partition) {
        return request(flow, batch, partition, null);
    }

    private static ClaimRequest request(String flow, int batch, Partition partition, @Nullable Position after) {
        return new ClaimRequest(UUID.randomUUID(), "a", flow, batch, 16_000_000, after, partition);
    }

    // None: as after an upgrade or a restore.
    private static void statistics(RpaDb db, boolean analyzed) {
        db.jdbc()
                .sql(
                        analyzed
                                ? "analyze processing_queue"
                                : "delete from pg_statistic where starelid = 'processing_queue'::regclass")
                .update();
    }

    /** All SQL among the constants of the queue's classes, and of those that keep what belongs to it. */
    private static Set<String> statements(Predicate<Class<?>> whose) {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.rpaworker.queue", "io.rpaworker.lease", "io.rpaworker.control")
                        .stream()
                        .map(JavaClass::reflect)
                        .filter(whose)
                        .flatMap(type -> Stream.of(type.getDeclaredFields()))
                        .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                        .map(PlanTests::value)
                        .filter(value -> value.matches("(?s)(select|with|insert|update|delete)\\s.*"))
                        .map(Explained::text)
                        .collect(Collectors.toSet());
    }

    private static String value(Field field) {
        try {
            field.setAccessible(true);
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
