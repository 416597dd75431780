package io.rpaworker.history;

import static io.rpaworker.failure.FailureKind.ERROR;
import static io.rpaworker.failure.FailureKind.REJECTED;
import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.history.FailureHistory.CauseOfFailures;
import io.rpaworker.history.FlowHistory.Step;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StatisticsTests {

    private static final long SECOND = 1_000_000_000;

    private final RpaDb db = Postgres.migrated();
    private final Statistics statistics =
            new Statistics(db.workerJdbc(), JsonMapper.builder().build());
    private final StatisticsAge age = new StatisticsAge(db.workerJdbc());
    private final FlowHistory history = new FlowHistory(db.workerJdbc());
    private final FailureHistory failures = new FailureHistory(db.workerJdbc());
    private final Tallies tallies = new Tallies();
    private final UUID writer = UUID.randomUUID();
    private long number;

    @Test
    void whatIsAddedIsFoundInEverySpan() {
        settleSome();
        add();

        for (Duration back : List.of(Duration.ofMinutes(5), Duration.ofHours(5), Duration.ofDays(30))) {
            Outcomes outcomes = history.over(last(back), null).getOrDefault("f", Outcomes.NONE);

            assertThat(outcomes.completed()).as("%s", back).isEqualTo(2);
            assertThat(outcomes.retried()).isOne();
            assertThat(outcomes.dead()).isEqualTo(Map.of(REJECTED, 1L));
            assertThat(outcomes.released()).isOne();
            assertThat(outcomes.finished()).isEqualTo(3);
            assertThat(outcomes.failedAttempts()).isEqualTo(2);
            assertThat(outcomes.waits().count()).isOne();
            assertThat(outcomes.waits().seconds()).isEqualTo(7);
            assertThat(outcomes.runs().count()).isEqualTo(4);
            assertThat(outcomes.runs().seconds()).isEqualTo(1 + 3 + 5 + 2);
            assertThat(outcomes.runs().quantile(1)).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Test
    void additionsOfAllProcessesAddUp() {
        settleSome();
        add();
        settleSome();
        add();
        settleSome();
        statistics.add(UUID.randomUUID(), 1, tallies.take());

        Outcomes outcomes = history.over(last(Duration.ofMinutes(5)), "f").getOrDefault("f", Outcomes.NONE);
        assertThat(outcomes.completed()).isEqualTo(6);
        assertThat(outcomes.runs().count()).isEqualTo(12);
        assertThat(outcomes.waits().seconds()).isEqualTo(21);
    }

    @Test
    void anAdditionThatIsMadeTwiceCountsOnce() {
        settleSome();
        List<Addition> additions = tallies.take();
        statistics.add(writer, 1, additions);
        statistics.add(writer, 1, additions);

        assertThat(completed()).isEqualTo(2);
        assertThat(causes())
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.attempts()).isOne());
    }

    /** As many 0 s would halve the mean time of what does run. */
    @Test
    void whatCannotBeDecodedNeverRuns() {
        fail("f", FailureKind.PAYLOAD, null, "no number", null);
        tallies.of("f").completed(3 * SECOND);
        add();

        Outcomes outcomes = history.over(last(Duration.ofMinutes(5)), null).getOrDefault("f", Outcomes.NONE);
        assertThat(outcomes.dead()).isEqualTo(Map.of(FailureKind.PAYLOAD, 1L));
        assertThat(outcomes.runs().count()).isOne();
        assertThat(outcomes.runs().meanSeconds()).isEqualTo(3);
    }

    @Test
    void whatSomebodyHasCancelledHasNotFailed() {
        fail("f", FailureKind.CANCELLED, "fff", "Cancelled by ada", null);
        tallies.of("f").completed(SECOND);
        add();

        Outcomes outcomes = history.over(last(Duration.ofMinutes(5)), null).getOrDefault("f", Outcomes.NONE);
        assertThat(outcomes.failedAttempts()).isZero();
        assertThat(outcomes.dead()).isEmpty();
        assertThat(outcomes.completed()).isOne();
        assertThat(causes()).isEmpty();
    }

    @Test
    void flowsAreApart() {
        settleSome();
        tallies.of("g").completed(SECOND);
        add();

        assertThat(history.over(last(Duration.ofMinutes(5)), null)).containsOnlyKeys("f", "g");
        assertThat(history.over(last(Duration.ofMinutes(5)), "g")).containsOnlyKeys("g");
        assertThat(history.over(last(Duration.ofMinutes(5)), "nosuch")).isEmpty();
    }

    @Test
    void failuresAreToldByCause() {
        fail("f", ERROR, "a", "first", Duration.ZERO);
        fail("f", ERROR, "a", "second", null);
        fail("f", REJECTED, null, "no", null);
        add();

        assertThat(causes())
                .extracting(
                        CauseOfFailures::kind,
                        CauseOfFailures::fingerprint,
                        CauseOfFailures::attempts,
                        CauseOfFailures::dead,
                        CauseOfFailures::sample)
                .containsExactly(tuple("error", "a", 2L, 1L, "first"), tuple("rejected", "", 1L, 1L, "no"));
        assertThat(failures.causes(hours(48), Set.of("f"), 1))
                .extracting(CauseOfFailures::attempts, CauseOfFailures::allAttempts, CauseOfFailures::allCauses)
                .containsExactly(tuple(2L, 3L, 2));
        assertThat(failures.causes(hours(48), Set.of("g"), 1)).isEmpty();
    }

    /** A handler may put an id into each error: neither the memory nor the table may grow with that. */
    @Test
    void aHundredCausesOfAnHourAreToldApart() {
        for (int process = 0; process < 3; process++) {
            for (int i = 0; i < 150; i++) {
                fail("f", ERROR, "%d-%d".formatted(process, i), "x", null);
            }
            fail("g", ERROR, "only", "x", null);
            statistics.add(UUID.randomUUID(), 1, tallies.take());
        }

        List<CauseOfFailures> causes = causes();
        assertThat(causes.stream().filter(it -> it.flow().equals("f"))).hasSize(101);
        assertThat(causes.getFirst().fingerprint()).isEqualTo("other");
        assertThat(causes.getFirst().attempts()).isEqualTo(350);
        assertThat(causes.stream().mapToLong(CauseOfFailures::dead).sum()).isEqualTo(453);
        assertThat(causes).anySatisfy(it -> {
            assertThat(it.fingerprint()).isEqualTo("only");
            assertThat(it.attempts()).isEqualTo(3);
        });
    }

    @Test
    void aLongTextIsCutBetweenCharacters() {
        fail("f", ERROR, "a", "x".repeat(499) + "\uD83D\uDE00", null);
        add();

        assertThat(causes().getFirst().sample()).isEqualTo("x".repeat(499));
    }

    @Test
    void manyMayAddAtOnce() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(IntStream.range(0, 8)
                            .mapToObj(process -> runAsync(
                                    () -> {
                                        var own = new Tallies();
                                        UUID id = UUID.randomUUID();
                                        for (int i = 1; i <= 20; i++) {
                                            for (int flow = 0; flow < 10; flow++) {
                                                own.of("f" + (flow + process) % 10)
                                                        .completed(SECOND);
                                            }
                                            statistics.add(id, i, own.take());
                                        }
                                    },
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }

        assertThat(history.over(last(Duration.ofMinutes(5)), null).values())
                .hasSize(10)
                .allSatisfy(it -> assertThat(it.completed()).isEqualTo(160));
    }

    @Test
    void tellsStepByStep() {
        settleSome();
        add();

        assertThat(history.steps(last(Duration.ofHours(1)), Span.HOUR, null))
                .hasSize(1)
                .first()
                .satisfies(it -> {
                    assertThat(it.flow()).isEqualTo("f");
                    assertThat(it.completed()).isEqualTo(2);
                    assertThat(it.dead()).isOne();
                    assertThat(it.failedAttempts()).isEqualTo(2);
                    assertThat(it.runs()).isEqualTo(4);
                    assertThat(it.runSeconds()).isEqualTo(11);
                });
        assertThat(history.steps(last(Duration.ofHours(1)), Span.MINUTE, "f"))
                .extracting(Step::failed)
                .containsExactly(Map.of(ERROR, 1L, REJECTED, 1L));
    }

    @Test
    void nothingHappenedIsNoRow() {
        add();

        assertThat(history.over(last(Duration.ofDays(400)), null)).isEmpty();
        assertThat(db.jdbc()
                        .sql("select count(*) from statistics_writer")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void whatIsOldIsForgottenAndNothingElse() {
        settleSome();
        add();
        shift("minute", "2 hours 3 minutes");
        shift("hour", "14 days 2 hours");
        shift("day", "402 days");
        db.jdbc()
                .sql("update failure_statistics set starts_at = starts_at - interval '14 days 2 hours'")
                .update();
        db.jdbc()
                .sql("update statistics_writer set added_at = now() - interval '2 days'")
                .update();
        settleSome();
        statistics.add(UUID.randomUUID(), 1, tallies.take());
        shift("minute", "1 hour 50 minutes");
        shift("hour", "13 days 22 hours");
        shift("day", "399 days");

        age.forget();

        assertThat(db.jdbc()
                        .sql("select count(*) from flow_statistics")
                        .query(Long.class)
                        .single())
                .isEqualTo(3);
        assertThat(db.jdbc()
                        .sql("select count(*) from failure_statistics")
                        .query(Long.class)
                        .single())
                .isEqualTo(2 * 2);
        assertThat(db.jdbc()
                        .sql("select count(*) from statistics_writer")
                        .query(Long.class)
                        .single())
                .isOne();
    }

    private void shift(String span, String by) {
        db.jdbc()
                .sql("update flow_statistics set starts_at = starts_at - cast(:by as interval)"
                        + " where span = :span and starts_at > now() - interval '2 days'")
                .param("by", by)
                .param("span", span)
                .update();
    }

    private void settleSome() {
        FlowTally tally = tallies.of("f");
        tally.waited(Duration.ofSeconds(7));
        tally.completed(SECOND);
        tally.completed(3 * SECOND);
        tally.released();
        tally.failed(new Failure("r", ERROR, "x", Duration.ZERO, Duration.ZERO), 5 * SECOND);
        tally.failed(new Failure("r", REJECTED, "y", null, Duration.ZERO), 2 * SECOND);
    }

    private void fail(
            String flow, FailureKind kind, @Nullable String fingerprint, String reason, @Nullable Duration retry) {
        tallies.of(flow).failed(new Failure(reason, kind, fingerprint, retry, Duration.ZERO), 0);
    }

    private void add() {
        List<Addition> additions = tallies.take();
        if (!additions.isEmpty()) {
            statistics.add(writer, ++number, additions);
        }
    }

    private long completed() {
        return history.over(last(Duration.ofMinutes(5)), null).values().stream()
                .mapToLong(Outcomes::completed)
                .sum();
    }

    private List<CauseOfFailures> causes() {
        return failures.causes(hours(1), Set.of(), 1_000);
    }

    private Window hours(int hours) {
        return last(Duration.ofHours(hours)).in(Span.HOUR, history.now());
    }

    private Window last(Duration time) {
        Instant now = history.now();
        return Window.of(now.minus(time), now, now);
    }
}
