package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.queue.run.NewRuns;
import io.rpaworker.queue.run.NewRuns.NewRun;
import io.rpaworker.queue.run.Trigger;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Runs of flow nightly, whose replicas stand still at a step until a fault has hit them, and what there is to be said
 * about the runs afterwards. Tables have no constraint that would hide a second effect.
 */
final class RunLedger {

    /** What is stood still at, in the order in which a run comes there. */
    enum Step {
        FIRST_PAGE_READ("before discovery", false),
        PAGE_READ("within discovery, reading", false),
        PAGE_WRITTEN("within discovery, in the page's transaction", true),
        DISCOVERED("at the end of discovery, in the last page's transaction", true),
        RECORD_HANDLED("after discovery", false),
        CLOSING("before the end, in the transaction that adds it", true),
        END_READ("within the end, reading", false),
        END_WRITTEN("within the end, in its transaction", true),
        ENDED("after the end, before its transaction commits", true);

        final String text;
        final boolean inTransaction;

        Step(String text, boolean inTransaction) {
            this.text = text;
            this.inTransaction = inTransaction;
        }

        private String gate() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final int RECORDS = 12;
    private static final int LOCK = 4711;

    // Who comes first to a gate that is shut waits there, and is known by its lock; whoever comes later passes.
    private static final String TABLES = """
            create table fx_effect (record_id bigint, n int);
            create table fx_end (run_id bigint, completed bigint);
            create table fx_leader (run_id bigint, before bigint, term bigint, at timestamptz default clock_timestamp());
            create table fx_shut (step text primary key);
            create function fx_gate(at text) returns void language plpgsql as $$
            begin
                if exists (select from fx_shut where step = at) and pg_try_advisory_xact_lock(4711) then
                    while exists (select from fx_shut where step = at) loop
                        perform pg_sleep(0.01);
                    end loop;
                end if;
            end $$;
            create function fx_step() returns trigger language plpgsql as $$
            begin
                if new.leader_term <> old.leader_term then
                    insert into fx_leader (run_id, before, term) values (new.id, old.leader_term, new.leader_term);
                end if;
                if new.pages > old.pages and new.state = 'discovering' then
                    perform fx_gate('page written');
                elsif new.state = 'processing' and old.state = 'discovering' then
                    perform fx_gate('discovered');
                elsif new.state = 'post_processing' and old.state = 'processing' then
                    perform fx_gate('closing');
                elsif new.state = 'completed' and old.state = 'post_processing' then
                    perform fx_gate('ended');
                end if;
                return null;
            end $$;
            create trigger fx_step after update on processing_run for each row execute function fx_step();
            """;

    private static final String CAUGHT = """
            select a.application_name
            from pg_locks l
            join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.objid = :lock and l.granted and a.datname = current_database()
            """;

    private static final String VERDICT = """
            select (select count(*) from processing_run) as runs,
                   (select count(*) from fx_leader) as terms,
                   (select count(*) from processing_run r where r.state <> 'completed' or r.round <> 1) as not_completed,
                   (select count(*) from processing_run r
                       where (select count(*) from fx_end e where e.run_id = r.id and e.completed = 12) <> 1) as not_ended_once,
                   (select count(*) - count(distinct run_id) from fx_end) as ended_twice,
                   (select count(*) from processing_run r where (
                       select count(*) from processing_queue q join fx_effect e on e.record_id = q.id
                       where q.run_id = r.id and q.flow_name = 'nightly' and q.status = 'completed') <> 12) as not_all_once,
                   (select count(*) - count(distinct record_id) from fx_effect) as repeated,
                   (select count(*) from fx_leader where term <> before + 1) as odd_terms,
                   (select count(*) from processing_queue where status <> 'completed') as open
            """;

    private final RpaDb db;
    private final NewRuns runs;
    private final AtomicLong longest = new AtomicLong();
    private String where = "nowhere";

    RunLedger(RpaDb db) {
        this.db = db;
        db.execute(TABLES);
        this.runs = QueueParts.over(db.dataSource()).part(NewRuns.class);
    }

    private record Verdict(
            int runs,
            int terms,
            int notCompleted,
            int notEndedOnce,
            int endedTwice,
            int notAllOnce,
            int repeated,
            int oddTerms,
            int open) {}

    /**
     * A run of which a replica meets a fault at a step, and is waited for until it has ended.
     *
     * @param fault is told who stands at the step; afterwards nobody is held there any more
     * @return how long after the fault
     */
    Duration round(Step step, Consumer<String> fault) {
        db.jdbc()
                .sql("insert into fx_shut values (:step)")
                .param("step", step.gate())
                .update();
        long run = runs.start(new NewRun(
                        "nightly",
                        Trigger.API,
                        null,
                        "{\"records\": %d}".formatted(RECORDS),
                        false,
                        Overlap.ALLOW,
                        "fx"))
                .orElseThrow();
        await(step, () -> caught().isPresent());
        fault.accept(caught().orElseThrow());
        long began = System.nanoTime();
        db.jdbc().sql("delete from fx_shut").update();
        await(step, () -> state(run).equals("completed"));
        Duration gap = Duration.ofNanos(System.nanoTime() - began);
        if (gap.toMillis() > longest.get()) {
            longest.set(gap.toMillis());
            where = step.text;
        }
        return gap;
    }

    /** Waits until so many replicas work that may recover what others leave. */
    void awaitEstablished(int replicas, Duration lease) {
        Awaitility.await("established")
                .atMost(Duration.ofMinutes(2))
                .until(() -> db.jdbc()
                                .sql(
                                        "select count(*) from worker_instance where ended_at is null and lease_until > now()"
                                                + " and started_at < now() - make_interval(secs => :lease)")
                                .param("lease", lease.toMillis() / 1_000.0)
                                .query(Integer.class)
                                .single()
                        >= replicas);
    }

    /** Declares a replica dead, as another one does that finds its lease run out. */
    void declareDead(String replica) {
        db.jdbc()
                .sql("update worker_instance set ended_at = clock_timestamp(), crashed = true where id = :replica")
                .param("replica", replica)
                .update();
    }

    /** Who leads the latest run. */
    String leader() {
        return db.jdbc()
                .sql("select leader_id from processing_run order by id desc limit 1")
                .query(String.class)
                .single();
    }

    private Optional<String> caught() {
        return db.jdbc().sql(CAUGHT).param("lock", LOCK).query(String.class).optional();
    }

    private String state(long run) {
        return db.jdbc()
                .sql("select state from processing_run where id = :run")
                .param("run", run)
                .query(String.class)
                .single();
    }

    private void await(Step step, Callable<Boolean> reached) {
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(reached);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "Stuck: %s, %s, %s"
                            .formatted(
                                    step,
                                    db.jdbc()
                                            .sql("select r::text from processing_run r order by id desc limit 1")
                                            .query(String.class)
                                            .single(),
                                    db.jdbc()
                                            .sql("select q::text from processing_queue q where status <> 'completed'")
                                            .query(String.class)
                                            .list()),
                    e);
        }
    }

    /** Says what came of it all, and that it is what was promised. */
    void report(String name, String faults) {
        Verdict verdict = db.jdbc().sql(VERDICT).query(Verdict.class).single();
        FaultLedger.report(
                name,
                "%s, %s, longest time from a fault to the run's end %d ms (%s)"
                        .formatted(faults, verdict, longest.get(), where));
        assertThat(verdict).isEqualTo(new Verdict(verdict.runs(), verdict.terms(), 0, 0, 0, 0, 0, 0, 0));
        assertThat(verdict.terms()).isGreaterThan(verdict.runs());
    }
}
