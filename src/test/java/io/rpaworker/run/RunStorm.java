package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.handler.Runs;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.QueryTimeoutException;

/**
 * Many runs at once, by two workers whose records fail at random; two more that end whatever run can be ended, and
 * people who cancel, reopen and have tried again what they find, at any moment.
 */
final class RunStorm {

    private static final int OPEN_AT_ONCE = 100;
    private static final int MOST_RECORDS = 8;
    private static final int PEOPLE = 6;

    private static final String VERDICT = """
            select (select count(*) from processing_run) as runs,
                   (select count(*) from processing_queue where flow_name = 'storm') as records,
                   (select count(*) from storm_end) as ends,
                   (select max(round) from processing_run) as rounds,
                   (select count(*) from storm_end where open > 0) as early,
                   (select count(*) from storm_end where amiss) as miscounted,
                   (select count(*) - count(distinct (run_id, round)) from storm_end) as twice,
                   (select count(*) from processing_run r where r.state <> 'completed' or not exists (
                       select from storm_end e where e.run_id = r.id and e.round = r.round)) as never,
                   (select count(*) - count(distinct record_id) from storm_effect) as repeated,
                   (select count(*) from processing_queue q where q.flow_name = 'storm' and not exists (
                       select from storm_effect e where e.record_id = q.id)) as lost,
                   (select count(*) from processing_run r, generate_series(1, (r.parameters ->> 'records')::int) n
                       where not exists (select from processing_queue q
                           where q.run_id = r.id and q.run_key = 'item-' || n)) as missing
            """;

    private final RpaDb db;
    private final StormFlow flow = new StormFlow();
    private final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final AtomicInteger orders = new AtomicInteger();
    private volatile boolean over;

    RunStorm(RpaDb db) {
        this.db = db;
    }

    /**
     * What is to be said about a storm.
     *
     * @param early ends that saw a record of their run open
     * @param miscounted ends that were told other counts than they saw
     * @param twice ends of a round that had ended
     * @param never runs that are not completed, or whose last round has no end
     * @param repeated effects of records that had theirs
     * @param lost records without effect
     * @param missing records that should have been discovered
     */
    record Verdict(
            long runs,
            long records,
            long ends,
            int rounds,
            long early,
            long miscounted,
            long twice,
            long never,
            long repeated,
            long lost,
            long missing) {

        Verdict faultless() {
            return new Verdict(runs, records, ends, rounds, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    /** What is there after so many runs, once all were tried until they completed. */
    Verdict of(int runs) {
        StormFlow.tables(db);
        try (TestWorker one = flow.on(db).start();
                TestWorker other = flow.on(db).start()) {
            List<Thread> threads = new ArrayList<>();
            List.of(one, other).forEach(it -> {
                threads.add(forever(() -> close(it)));
                threads.add(forever(() -> order(it)));
            });
            for (int i = 0; i < PEOPLE; i++) {
                threads.add(forever(this::retryInSql));
            }
            for (int started = 0; started < runs; started++) {
                if (started % 10 == 0) {
                    await("room for another run", Duration.ofMinutes(2), () -> unfinished() < OPEN_AT_ONCE);
                }
                one.bean(Runs.class).start(StormFlow.FLOW, Map.of("records", started % (MOST_RECORDS + 1)));
            }
            flow.calm = true;
            // Most of a long storm's runs have failures left.
            await("the last run", Duration.ofMinutes(2).plusMillis(100L * runs), () -> {
                tryAgain(other.bean(RunOrders.class));
                return unfinished() == 0
                        && count("select count(*) from processing_run where state <> 'completed'") == 0;
            });
            over = true;
            threads.forEach(RunStorm::join);
        } finally {
            over = true;
        }
        return verdict();
    }

    /** What happened to a run of which an end came too early, or was told other counts than it saw. */
    List<String> story() {
        return db.jdbc().sql("""
                        select concat_ws(' ', at::time, xid, what) from storm_step
                        where run_id = (select min(run_id) from storm_end where open > 0 or amiss) order by step
                        """).query(String.class).list();
    }

    Verdict verdict() {
        return db.jdbc().sql(VERDICT).query(Verdict.class).single();
    }

    /** What nobody expected; locks that nobody got are expected. */
    List<Throwable> problems() {
        return List.copyOf(problems);
    }

    int orders() {
        return orders.get();
    }

    private void close(TestWorker worker) {
        pause(2);
        var closing = worker.bean(RunClosing.class);
        closing.candidates(0).forEach(it -> closing.close(it.run()));
    }

    private void order(TestWorker worker) {
        pause(20);
        var orders = worker.bean(RunOrders.class);
        long run = anyRun();
        switch (flow.calm ? 9 : ThreadLocalRandom.current().nextInt(10)) {
            case 0 -> orders.cancel(run, new Actor("storm", "at any moment")).ifPresent(this::count);
            case 1, 2 -> orders.reopen(run).ifPresent(this::count);
            case 9 -> {}
            default -> orders.retry(run).ifPresent(this::count);
        }
    }

    private void count(RunOrders.Done done) {
        if (done.changed()) {
            orders.incrementAndGet();
        }
    }

    // Some of the latest, so that what happens to a run happens while it is young as well.
    private static final String ANY = """
            select id from processing_run where id > (select max(id) - 150 from processing_run) order by random() limit 1
            """;

    private long anyRun() {
        return db.jdbc().sql(ANY).query(Long.class).optional().orElse(0L);
    }

    // As somebody's SQL does, who takes his time before he commits. Mostly while the run is still open: that is when
    // others want to end it.
    private static final String RETRY = """
            update processing_queue set status = 'pending' where id = any (array(
                select q.id
                from processing_run r
                join processing_queue q on q.run_id = r.id
                where q.flow_name = 'storm' and q.failed_at is not null and q.next_retry_at is null
                  and r.id > (select max(id) - 150 from processing_run)
                order by r.ended_at is not null, random()
                limit 1)) and status = 'failed'
            """;

    private void retryInSql() {
        pause(5);
        try (Connection connection = db.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                int changed = statement.executeUpdate(RETRY);
                pause(150);
                connection.commit();
                orders.addAndGet(changed);
            }
        } catch (SQLException e) {
            if (!"40P01".equals(e.getSQLState())) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void tryAgain(RunOrders orders) {
        db.jdbc()
                .sql("select id from processing_run where ended_at is not null and state <> 'completed' limit 100")
                .query(Long.class)
                .list()
                .forEach(it -> {
                    if (!orders.retry(it).orElseThrow().changed()) {
                        orders.reopen(it);
                    }
                });
    }

    private long unfinished() {
        return count("select count(*) from processing_run where ended_at is null");
    }

    private long count(String sql) {
        return db.jdbc().sql(sql).query(Long.class).single();
    }

    private Thread forever(Runnable step) {
        return Thread.ofVirtual().start(() -> {
            while (!over) {
                try {
                    step.run();
                } catch (ConcurrencyFailureException | QueryTimeoutException e) {
                    // Two met in a deadlock, or one waited too long: the next one tries again.
                } catch (RuntimeException e) {
                    problems.add(e);
                }
            }
        });
    }

    private static void pause(int mostMillis) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(mostMillis + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(String what, Duration most, Callable<Boolean> reached) {
        Awaitility.await(what)
                .atMost(most)
                .pollInterval(Duration.ofMillis(20))
                .failFast("not expected", () -> assertThat(problems).isEmpty())
                .until(reached);
    }
}
