package io.rpaworker.queue.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.RunSettings;
import io.rpaworker.flow.RunSettings.CatchUp;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.queue.run.RunTicks.Ticked;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.support.CronExpression;

/** Each tick of a schedule starts a run once in the cluster; what is missed is made up for, or counted. */
class RunTicksTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final String FLOW = "nightly";

    private final RunTicks ticks = QueueParts.over(DB).part(RunTicks.class);

    @BeforeEach
    void empty() {
        DB.emptyQueue("a");
    }

    private static RunSettings every(String minute, CatchUp catchUp, Overlap overlap) {
        return new RunSettings(
                CronExpression.parse(minute), ZoneId.of("Europe/Berlin"), catchUp, overlap, 1_000, 50_000, 3);
    }

    private static RunSettings minutely(CatchUp catchUp, Overlap overlap) {
        return every("0 * * * * *", catchUp, overlap);
    }

    private Optional<Ticked> after(String pause, RunSettings settings) {
        ticks.know(FLOW, settings);
        DB.jdbc()
                .sql("update run_schedule set looked_until = date_trunc('minute', now()) - cast(:pause as interval)")
                .param("pause", pause)
                .update();
        return ticks.start(FLOW, settings);
    }

    private static List<String> column(String expression) {
        return DB.jdbc()
                .sql("select (" + expression + ")::text from processing_run order by tick")
                .query(String.class)
                .list();
    }

    @Test
    void nothingIsDueBeforeItsTime() {
        RunSettings settings = every("0 0 0 29 2 *", CatchUp.ALL, Overlap.ALLOW);
        ticks.know(FLOW, settings);
        assertThat(ticks.start(FLOW, settings)).isEmpty();
    }

    @Test
    void aTickStartsARunWithItsTimeAndItsFirstPage() {
        Ticked ticked = after("1 second", minutely(CatchUp.NONE, Overlap.SKIP)).orElseThrow();

        assertThat(ticked.started()).hasSize(1);
        assertThat(ticked.missed()).isZero();
        assertThat(column("tick = date_trunc('minute', created_at) and state = 'discovering' and trigger = 'schedule'"))
                .containsExactly("true");
        assertThat(DB.jdbc()
                        .sql("select flow_name || ' ' || run_key from processing_queue")
                        .query(String.class)
                        .list())
                .containsExactly("nightly/run #page:0");
        assertThat(ticks.start(FLOW, minutely(CatchUp.NONE, Overlap.SKIP))).isEmpty();
    }

    @Test
    void whatWasMissedIsMadeUpForAsIsSaid() {
        Ticked none = after("10 minutes", minutely(CatchUp.NONE, Overlap.ALLOW)).orElseThrow();
        assertThat(none.missed()).isBetween(7, 9);
        assertThat(none.started()).hasSize(10 - none.missed());
        assertThat(none.reason()).contains("catch-up is none");

        DB.emptyQueue("a");
        Ticked all = after("10 minutes", minutely(CatchUp.ALL, Overlap.ALLOW)).orElseThrow();
        assertThat(all.started()).hasSize(10);
        assertThat(all.missed()).isZero();
    }

    @Test
    void ofTicksMissedLongAgoTheLastIsStarted() {
        Ticked ticked = after("73 hours", every("0 30 1 * * *", CatchUp.LAST, Overlap.ALLOW))
                .orElseThrow();

        assertThat(ticked.started()).hasSize(1);
        assertThat(ticked.missed()).isBetween(2, 3);
        assertThat(DB.jdbc()
                        .sql("select missed from run_schedule")
                        .query(Integer.class)
                        .single())
                .isEqualTo(ticked.missed());
    }

    @Test
    void aTickIsLeftOutWhileARunHasNotEndedAndTheNextIsNot() {
        RunSettings settings = minutely(CatchUp.NONE, Overlap.SKIP);
        long first = after("1 second", settings).orElseThrow().started().getFirst();
        DB.execute("update processing_run set tick = tick - interval '1 day'");

        Ticked ticked = after("1 second", settings).orElseThrow();

        assertThat(ticked.started()).isEmpty();
        assertThat(ticked.reason()).isEqualTo("run %d has not ended, and rpa.flows.nightly.run.overlap is skip", first);
        assertThat(DB.jdbc()
                        .sql("select missed || missed_reason from run_schedule")
                        .query(String.class)
                        .single())
                .isEqualTo("1" + ticked.reason());
        DB.execute("update processing_run set state = 'completed', ended_at = now()");
        assertThat(after("1 second", settings).orElseThrow().started()).hasSize(1);
    }

    @Test
    void oneThatIsToWaitIsQueued() {
        RunSettings settings = minutely(CatchUp.NONE, Overlap.QUEUE);
        after("1 second", settings);
        DB.execute("update processing_run set tick = tick - interval '1 day'");

        assertThat(after("1 second", settings).orElseThrow().started()).hasSize(1);

        assertThat(column("state")).containsExactly("discovering", "queued");
    }

    @Test
    void manyReplicasStartATickOnce() throws Exception {
        RunSettings settings = minutely(CatchUp.ALL, Overlap.ALLOW);
        ticks.know(FLOW, settings);
        DB.execute("update run_schedule set looked_until = date_trunc('minute', now()) - interval '5 minutes'");
        try (var replicas = Executors.newFixedThreadPool(8)) {
            Callable<Optional<Ticked>> look =
                    () -> QueueParts.over(DB).part(RunTicks.class).start(FLOW, settings);
            for (Future<Optional<Ticked>> it :
                    replicas.invokeAll(List.of(look, look, look, look, look, look, look, look))) {
                it.get();
            }
        }
        assertThat(column("extract(minute from created_at - tick)::int / 60")).hasSizeBetween(5, 6);
        assertThat(column("tick")).doesNotHaveDuplicates();
    }

    @Test
    void aScheduleThatChangesCountsFromThenOn() {
        after("10 minutes", minutely(CatchUp.ALL, Overlap.ALLOW));
        RunSettings changed = every("30 * * * * *", CatchUp.ALL, Overlap.ALLOW);
        DB.empty("processing_run");
        ticks.know(FLOW, changed);

        assertThat(ticks.start(FLOW, changed).map(Ticked::missed).orElse(0)).isZero();
        assertThat(column("id").size()).isLessThanOrEqualTo(1);
        assertThat(ticks.start(FLOW, minutely(CatchUp.ALL, Overlap.ALLOW))).isEmpty();
    }

    @Test
    void theLastOfThousandsOfTicksIsTheLatest() {
        Ticked first =
                after("1500 minutes", minutely(CatchUp.LAST, Overlap.ALLOW)).orElseThrow();
        assertThat(first.more()).isTrue();
        assertThat(first.started()).isEmpty();
        assertThat(first.missed()).isEqualTo(1_000);

        Ticked second = ticks.start(FLOW, minutely(CatchUp.LAST, Overlap.ALLOW)).orElseThrow();
        assertThat(second.more()).isFalse();
        // Those of the last two minutes are punctual.
        assertThat(second.started()).hasSizeBetween(1, 3);
        assertThat(column("tick > created_at - interval '3 minutes'")).containsOnly("true");
    }

    @Test
    void aClockThatWasAheadStopsNothing() {
        RunSettings settings = minutely(CatchUp.NONE, Overlap.ALLOW);
        ticks.know(FLOW, settings);
        DB.execute("update run_schedule set looked_until = now() + interval '1 day'");
        assertThat(ticks.start(FLOW, settings).map(Ticked::missed).orElseThrow())
                .isZero();
        assertThat(DB.jdbc()
                        .sql("select looked_until <= now() from run_schedule")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void theScheduleOfAnotherReplicaIsTold() {
        RunSettings old = minutely(CatchUp.NONE, Overlap.SKIP);
        ticks.know(FLOW, old);
        assertThat(ticks.otherThan(FLOW, old)).isEmpty();
        RunSettings changed = every("30 * * * * *", CatchUp.ALL, Overlap.ALLOW);
        ticks.know(FLOW, changed);
        assertThat(ticks.otherThan(FLOW, old)).contains("30 * * * * * Europe/Berlin");
    }
}
