package io.rpaworker.queue.deadletter;

import static io.rpaworker.queue.deadletter.DeadLetterFilter.ALL;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.queue.deadletter.DeadLetters.DeadLetter;
import io.rpaworker.queue.deadletter.DeadLetters.Group;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeadLettersTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Actor ACTOR = Actor.named("ada");

    private final QueueParts queue = QueueParts.over(DB);
    private final DeadLetters deadLetters = queue.part(DeadLetters.class);
    private final DeadLetterActions actions = queue.part(DeadLetterActions.class);

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    /** Four dead letters and, of every other kind, a record that is none. */
    private static void insertOfEveryKind() {
        insert(1, "f", "failed", "error", "aaa", "no such survey 17", "2 hours");
        insert(1, "f", "failed", "timeout", "bbb", "Took longer", "3 hours");
        insert(1, "g", "failed", "error", "aaa", "No such SURVEY 18", "4 hours");
        insert(1, "g", "failed", "poison", "ccc", "was under way", "1 hour");
        insert(1, "f", "pending", null, null, null, null);
        insert(1, "f", "processing", null, null, null, null);
        insert(1, "f", "completed", null, null, null, null);
        insert(1, "f", "failed", "error", "aaa", "no such survey 19", "1 hour");
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = now() + interval '1 hour' where id = 8")
                .update();
        DB.jdbc()
                .sql("update processing_queue set run_id = 7 where id in (2, 3, 5)")
                .update();
        DB.jdbc().sql("update processing_queue set record_key = 'k' || id").update();
    }

    static Stream<Arguments> filters() {
        var now = Instant.now();
        return Stream.of(
                Arguments.of(ALL, List.of(4L, 1L, 2L, 3L)),
                Arguments.of(ALL.ofFlow("f"), List.of(1L, 2L)),
                Arguments.of(ALL.ofGroup("aaa"), List.of(1L, 3L)),
                Arguments.of(ALL.ofRun(7), List.of(2L, 3L)),
                Arguments.of(ALL.withId(3), List.of(3L)),
                Arguments.of(ALL.withId(5), List.of()),
                Arguments.of(ALL.withId(8), List.of()),
                Arguments.of(ALL.ofFlow("f").ofKind(FailureKind.TIMEOUT), List.of(2L)),
                Arguments.of(ALL.withError("such survey"), List.of(1L, 3L)),
                Arguments.of(ALL.withError("%"), List.of()),
                Arguments.of(ALL.since(now.minusSeconds(9_000)), List.of(4L, 1L)),
                Arguments.of(ALL.before(now.minusSeconds(9_000)), List.of(2L, 3L)));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void listsWhatIsMeantTheLastFailedFirst(DeadLetterFilter filter, List<Long> expected) {
        insertOfEveryKind();

        assertThat(deadLetters.list(filter, null, 100))
                .extracting(DeadLetter::id)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void groupsWhatIsMeantAndNothingElse(DeadLetterFilter filter, List<Long> expected) {
        insertOfEveryKind();

        assertThat(deadLetters.groups(filter, 200))
                .extracting(Group::sampleId)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void retriesWhatIsMeantAndNothingElse(DeadLetterFilter filter, List<Long> expected) {
        insertOfEveryKind();

        assertThat(actions.retry(filter, ACTOR)).isEqualTo(expected.size());

        assertThat(changedTo("pending")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void purgesWhatIsMeantAndNothingElse(DeadLetterFilter filter, List<Long> expected) {
        insertOfEveryKind();

        assertThat(actions.delete(filter, "purge", ACTOR)).isEqualTo(expected.size());

        assertThat(ids("select id from processing_queue"))
                .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 8)
                        .boxed()
                        .filter(id -> !expected.contains(id))
                        .toList());
    }

    @Test
    void pagesThroughAllWithoutGapsOrRepeats() {
        insert(450, "f", "failed", "error", "aaa", "x", "1 hour");
        insert(450, "f", "failed", "error", "aaa", "x", "2 hours");

        var seen = new ArrayList<DeadLetter>();
        List<DeadLetter> page = deadLetters.list(ALL, null, 1_000);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(DeadLetters.MOST_ROWS + 1);
            seen.addAll(page);
            DeadLetter last = page.getLast();
            page = deadLetters.list(ALL, new DeadLetters.Place(last.failedAt(), last.id()), 1_000);
        }

        assertThat(seen).extracting(DeadLetter::id).hasSize(900).doesNotHaveDuplicates();
        assertThat(seen).isSortedAccordingTo((one, other) -> other.failedAt().compareTo(one.failedAt()));
    }

    @Test
    void groupsByFlowKindAndFingerprintTheLargestFirst() {
        insertOfEveryKind();
        insert(3, "f", "failed", "error", "aaa", "no such survey 20", "10 minutes");

        List<Group> groups = deadLetters.groups(ALL, 200);

        assertThat(groups)
                .extracting(it -> it.flow() + " " + it.kind() + " " + it.records())
                .containsExactlyInAnyOrder("f error 4", "f timeout 1", "g error 1", "g poison 1");
        Group largest = groups.getFirst();
        assertThat(largest.sampleId()).isEqualTo(11);
        assertThat(largest.sampleReason()).isEqualTo("no such survey 20");
        assertThat(Duration.between(largest.firstSeen(), largest.lastSeen()).toMinutes())
                .isEqualTo(110);
    }

    @Test
    void retriedRecordsHaveAllTheirAttemptsAndKeepIdKeyAndPayload() {
        insertOfEveryKind();

        actions.retry(ALL.withId(1), ACTOR);

        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(DB.column(1, "record_key || payload::text", String.class)).isEqualTo("k1{}");
        assertThat(DB.nullableColumn(1, "failed_at::text", String.class)).isNull();
        assertThat(DB.column(1, "available_at > now() - interval '1 minute'", Boolean.class))
                .isTrue();
    }

    @Test
    void whatKilledProcessesRunsAloneWhenItIsRetried() {
        insertOfEveryKind();
        DB.insertReplica("a");
        DB.jdbc()
                .sql("update processing_queue set crash_count = 3 where id = 4")
                .update();

        actions.retry(ALL.ofFlow("g"), ACTOR);

        assertThat(DB.column(4, "crash_count", Integer.class)).isEqualTo(2);
        assertThat(DB.column(3, "crash_count", Integer.class)).isZero();
    }

    @Test
    void everyActionLeavesARow() {
        insertOfEveryKind();

        actions.retry(ALL.ofFlow("f"), Actor.named("ada"));
        actions.delete(ALL.ofGroup("ccc"), "purge", Actor.named("bob"));
        actions.retryWithCanary(ALL.ofFlow("g"), 1, Actor.named("eve"));

        assertThat(DB.jdbc()
                        .sql("select actor || '|' || action || '|' || coalesce(flow_name, '-') || '|' || records"
                                + " from operator_action order by id")
                        .query(String.class)
                        .list())
                .containsExactly("ada|retry|f|2", "bob|purge|-|1", "eve|retry canary|g|1");
        assertThat(DB.jdbc()
                        .sql("select details ->> 'fingerprint' from operator_action where actor = 'bob'")
                        .query(String.class)
                        .single())
                .isEqualTo("ccc");
    }

    @Test
    void anActionThatCannotBeWrittenDownDoesNotHappen() {
        insertOfEveryKind();

        assertThat(supplyAsync(() -> actions.retry(ALL, Actor.named("\u0000")))).failsWithin(Duration.ofSeconds(10));

        assertThat(changedTo("pending")).isEmpty();
    }

    @Test
    void twoOperatorsRetryARecordOnce() {
        insert(3_000, "f", "failed", "error", "aaa", "x", "1 hour");

        int retried = Stream.generate(() -> supplyAsync(() -> actions.retry(ALL, ACTOR), Thread::startVirtualThread))
                .limit(3)
                .toList()
                .stream()
                .mapToInt(it -> it.join())
                .sum();

        // Who meets only locked rows stops although more is waiting behind them.
        assertThat(retried + DB.count("f", "failed")).isEqualTo(3_000);
        assertThat(DB.jdbc()
                        .sql("select sum(records) from operator_action")
                        .query(Integer.class)
                        .single())
                .isEqualTo(retried);
    }

    @Test
    void readsWhatIsNotMeantOnceHoweverManyBatchesThereAre() {
        for (String flow : List.of("f", "g")) {
            insert(5_000, flow, "failed", "error", "other", "x", "2 hours");
            insert(3_000, flow, "failed", "error", "aaa", "x", "1 hour");
        }
        DB.jdbc().sql("analyze processing_queue").update();

        queue.transaction().executeWithoutResult(status -> {
            assertThat(actions.retry(ALL.ofGroup("aaa"), ACTOR)).isEqualTo(6_000);

            // Each of the 16,000 to find it, each of the 6,000 to change it, and some at the seams.
            assertThat(DB.workerJdbc()
                            .sql("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables"
                                    + " where relname = 'processing_queue'")
                            .query(Integer.class)
                            .single())
                    .isLessThan(35_000);
        });
    }

    @Test
    void retryEndsAlthoughTheRecordsFailAgainAtOnce() {
        insert(2_000, "f", "failed", "error", "aaa", "x", "1 hour");
        // Stands for workers that fail records as fast as they are retried.
        DB.jdbc().sql("""
                create function fail_again() returns trigger language plpgsql as $$
                begin
                    new.status := 'failed';
                    new.claimed_at := now();
                    new.failed_at := clock_timestamp();
                    return new;
                end $$;
                create trigger a_fail_again before update on processing_queue
                    for each row when (old.status = 'failed' and new.status = 'pending') execute function fail_again();
                """).update();
        try {
            assertThat(supplyAsync(() -> actions.retry(ALL, ACTOR)))
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(2_000);
        } finally {
            DB.jdbc().sql("drop function fail_again() cascade").update();
        }
    }

    private static void insert(
            int count,
            String flow,
            String status,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String reason,
            @Nullable String failedAgo) {
        DB.jdbc()
                .sql("""
                        insert into processing_queue (flow_name, payload, status, claimed_at, failure_kind,
                            failure_fingerprint, error_message, failed_at, retry_count)
                        select :flow, '{}', :status, case when :status <> 'pending' then now() end, :kind, :fingerprint,
                               :reason, now() - cast(:ago as interval), case when :status = 'failed' then 3 else 0 end
                        from generate_series(1, :count)
                        """)
                .param("flow", flow)
                .param("status", status)
                .param("kind", kind)
                .param("fingerprint", fingerprint)
                .param("reason", reason)
                .param("ago", failedAgo)
                .param("count", count)
                .update();
    }

    private static List<Long> changedTo(String status) {
        return ids("select id from processing_queue where id <> 5 and status = '" + status + "'");
    }

    private static List<Long> ids(String sql) {
        return DB.jdbc().sql(sql).query(Long.class).list();
    }
}
