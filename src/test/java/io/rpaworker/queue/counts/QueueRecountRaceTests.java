package io.rpaworker.queue.counts;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.counts.QueueRecount.Difference;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two that count anew beside all who change the table or its totals, each over connections of its own. */
class QueueRecountRaceTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int ROUNDS = 15;

    private static final String PRODUCE = """
            insert into processing_queue (flow_name, payload, status)
            select 'f' || i % 5, '{}', 'completed' from generate_series(1, 20) i
            """;
    private static final String DELETE = """
            delete from processing_queue
            where id = any (array(select id from processing_queue order by id limit 25 for update skip locked))
            """;
    private static final String MOVE = """
            update processing_queue set flow_name = 'f' || (id + 1) % 5
            where id = any (array(select id from processing_queue order by id desc limit 5 for update skip locked))
            """;
    private static final String ROLL_BACK =
            "do $$ begin " + PRODUCE + "; raise exception 'no';" + " exception when raise_exception then null; end $$";

    private final QueueParts queue = QueueParts.over(DB);
    private final AtomicBoolean done = new AtomicBoolean();

    @BeforeEach
    void empty() {
        sql("truncate processing_queue restart identity");
    }

    @Test
    void allThatWentRoundTheTriggersIsMendedOnceAndNothingElse() throws InterruptedException, ExecutionException {
        var added = new AtomicLong();
        List<Difference> mended = beside(List.of(
                () -> sql(PRODUCE),
                () -> sql(PRODUCE),
                () -> sql(DELETE),
                () -> sql(MOVE),
                () -> sql(ROLL_BACK),
                queue.counts()::fold,
                () -> {
                    sql("insert into queue_total values ('f1', 3), ('f2', -1), ('nobody', 1)");
                    added.incrementAndGet();
                }));
        mended.addAll(queue.recount().recount(LONG));

        assertThat(surplus(mended, "f1")).isEqualTo(3 * added.get()).isPositive();
        assertThat(surplus(mended, "f2")).isEqualTo(-added.get());
        assertThat(surplus(mended, "nobody")).isEqualTo(added.get());
        assertThat(surplus(mended, "f3")).isZero();
        assertThat(mended).extracting(Difference::flow).containsOnly("f1", "f2", "nobody");
        assertTotalsAreRight();
    }

    @Test
    void findsNothingWrongBesideTruncates() throws InterruptedException, ExecutionException {
        List<Difference> mended = beside(List.of(
                () -> sql(PRODUCE),
                () -> sql(PRODUCE),
                () -> sql(DELETE),
                queue.counts()::fold,
                () -> sql("truncate processing_queue")));

        assertThat(mended).isEmpty();
        assertTotalsAreRight();
    }

    private List<Difference> beside(List<Runnable> others) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = others.stream()
                    .<Future<?>>map(it -> threads.submit(() -> repeat(it)))
                    .toList();
            var mended = new ArrayList<Difference>();
            for (Future<List<Difference>> it :
                    threads.invokeAll(List.<Callable<List<Difference>>>of(this::recount, this::recount))) {
                mended.addAll(it.get());
            }
            done.set(true);
            for (Future<?> it : running) {
                it.get();
            }
            return mended;
        } finally {
            done.set(true);
        }
    }

    private void repeat(Runnable change) {
        while (!done.get()) {
            change.run();
        }
    }

    private List<Difference> recount() {
        var mended = new ArrayList<Difference>();
        for (int round = 0; round < ROUNDS; round++) {
            mended.addAll(queue.recount().recount(LONG));
        }
        return mended;
    }

    private static long surplus(List<Difference> mended, String flow) {
        return mended.stream()
                .filter(it -> it.flow().equals(flow))
                .mapToLong(Difference::surplus)
                .sum();
    }

    private static void assertTotalsAreRight() {
        assertThat(byFlow("select flow_name, sum(records) from queue_total group by 1 having sum(records) <> 0"))
                .isEqualTo(byFlow("select flow_name, count(*) from processing_queue group by 1"));
    }

    private static Map<String, Long> byFlow(String statement) {
        var totals = new TreeMap<String, Long>();
        DB.jdbc().sql(statement).query(row -> {
            totals.put(row.getString(1), row.getLong(2));
        });
        return totals;
    }

    private static void sql(String statement) {
        DB.jdbc().sql(statement).update();
    }
}
