package io.rpaworker.simulation;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.maintenance.Chores;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.worker.settling.StepWorker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What runs on the hosts. */
final class Programs {

    static final int BATCH = 5;
    static final int MAX_CRASHES = Chores.MAX_CRASHES;
    static final Duration PYTHON_TIMEOUT = Duration.ofHours(1);

    private static final FlowRegistry FLOWS = TestFlows.registry(LedgerHandler.FLOW);
    private static final Duration LEADER_LEASE = Duration.ofMinutes(1);
    private static final Duration RETENTION = Duration.ofHours(6);
    private static final int MOST_WAITING = 30;

    private static final String CLAIM_AS_PYTHON = """
            update processing_queue
            set status = 'processing', flow_instance_id = :worker, claimed_at = now(), updated_at = now()
            where id in (
                select id from processing_queue
                where flow_name = 'sim' and status = 'pending' and crash_count = 0
                order by created_at asc
                limit 2
                for update skip locked)
            returning id
            """;

    private static final String COMPLETE_AS_PYTHON = """
            update processing_queue set status = 'completed', completed_at = now(), updated_at = now()
            where id = :id and status = 'processing' and flow_instance_id = :worker
            """;

    private static final String FAIL_AS_PYTHON = """
            update processing_queue
            set status = 'failed', error_message = 'py', retry_count = retry_count + 1, updated_at = now()
            where id = :id and status = 'processing' and flow_instance_id = :worker
            """;

    private static final String LEAD = """
            insert into sim_duty (leader, holder, term)
            select :leader, holder, term from leader_term where name = 'chores'
            """;

    private final Journal journal;
    private final MeterRegistry meters;
    private boolean healing;
    private boolean closing;

    Programs(Journal journal, MeterRegistry meters) {
        this.journal = journal;
        this.meters = meters;
    }

    /** What one actor does in one turn; false if it has come to its end. */
    private interface Turn {
        boolean take() throws Exception;
    }

    /** A process with its two settlers, its heartbeat and its maintenance. */
    Runnable replica(Host host) {
        var queue = QueueParts.over(host.gate());
        var jdbc = JdbcClient.create(host.gate());
        var identity = host.random("identity");
        var worker = new StepWorker<>(
                queue,
                new LedgerHandler(jdbc, journal),
                LedgerHandler.Task.class,
                BATCH,
                meters,
                host.random("worker"),
                () -> new WorkerInstance(host.processName() + "-" + identity.nextInt(1 << 30), host.name(), "sim"));
        for (String role : List.of("hand1", "hand2")) {
            var random = host.random(role);
            host.run(role, turns(() -> work(worker, random)));
        }
        host.run("beat", turns(() -> beat(worker)));
        host.run("chores", chores(host, worker, queue, jdbc));
        return worker::die;
    }

    /** The producer, and the operator who tries dead letters again. */
    Runnable outside(Host host) {
        var queue = QueueParts.over(host.gate());
        var jdbc = JdbcClient.create(host.gate());
        var random = host.random("outside");
        host.run("produce", turns(() -> {
            if (!healing) {
                produce(queue, jdbc, random, host);
            }
            return !closing;
        }));
        host.run("operate", turns(() -> {
            if (!healing && random.nextInt(20) == 0) {
                new Operator(queue).retryAllWithCanary(2);
            }
            return !closing;
        }));
        return () -> {};
    }

    /** A worker of the old system, which knows neither claims nor leases. */
    Runnable python(Host host) {
        var jdbc = JdbcClient.create(host.gate());
        var random = host.random("python");
        Deque<Long> held = new ArrayDeque<>();
        host.run("work", turns(() -> {
            Long id = held.poll();
            if (id != null) {
                String statement = random.nextInt(5) == 0 ? FAIL_AS_PYTHON : COMPLETE_AS_PYTHON;
                jdbc.sql(statement)
                        .param("id", id)
                        .param("worker", host.processName())
                        .update();
            } else if (!healing && random.nextInt(4) == 0) {
                held.addAll(jdbc.sql(CLAIM_AS_PYTHON)
                        .param("worker", host.processName())
                        .query(Long.class)
                        .list());
            }
            return !closing || !held.isEmpty();
        }));
        return () -> {};
    }

    /** No record is added from now on, nor taken by a Python worker. */
    void stopProducing() {
        healing = true;
    }

    /** From now on nothing new is begun; every actor comes to its end in good order. */
    void close() {
        closing = true;
    }

    private boolean work(StepWorker<LedgerHandler.Task> worker, RandomGenerator random) throws InterruptedException {
        if (closing) {
            worker.releaseWaiting();
            worker.settle(BATCH);
            worker.tell();
            return !worker.isDrained();
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> worker.claim();
            case 3, 4, 5, 6, 7 -> worker.handleOne();
            case 8, 9, 10 -> worker.settle(1 + random.nextInt(2 * BATCH));
            default -> worker.tell();
        }
        return true;
    }

    private boolean beat(StepWorker<?> worker) {
        if (closing && worker.isDrained()) {
            worker.end();
            return false;
        }
        worker.beat();
        return true;
    }

    private Actor.Script chores(Host host, StepWorker<?> worker, QueueParts queue, JdbcClient jdbc) {
        var leadership = Leaderships.over(host.gate());
        var chores = Chores.of(queue, leadership, FLOWS, meters, RETENTION);
        var random = host.random("chores");
        return turns(() -> {
            WorkerInstance instance = worker.instance().orElse(null);
            if (instance == null) {
                return !closing;
            }
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> leadership.campaign(instance.id(), LEADER_LEASE);
                case 4, 5, 6 -> chores.recoverOrphans();
                case 7 -> chores.foldAndWatchCanaries();
                case 8 -> chores.recoverPythonOrphans();
                case 9, 10, 11 -> chores.promoteDueRetries();
                case 12 -> chores.deleteWhatIsOld();
                case 13 -> leadership.resign();
                default ->
                    leadership.asLeader(() ->
                            jdbc.sql(LEAD).param("leader", host.processName()).update());
            }
            return !closing;
        });
    }

    private void produce(QueueParts queue, JdbcClient jdbc, RandomGenerator random, Host host) {
        int waiting = jdbc.sql("select count(*) from processing_queue where claimed_at is null")
                .query(Integer.class)
                .single();
        if (waiting >= MOST_WAITING) {
            return;
        }
        var records = new ArrayList<NewRecord>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            String key = host.processName() + "/" + journal.added().size();
            journal.adding(key);
            records.add(NewRecord.of("{\"plan\": \"%s\"}".formatted(Plan.of(random.nextInt(200))), key));
        }
        boolean answered = false;
        while (!answered) {
            try {
                queue.intake().add(LedgerHandler.FLOW, records);
                answered = true;
            } catch (RuntimeException e) {
                // Added or not: asking once more adds nothing twice. Some give up.
                if (!StepWorker.isOutage(e) || random.nextBoolean()) {
                    throw e;
                }
            }
        }
        records.forEach(it -> journal.added(String.valueOf(it.key())));
    }

    // An outage ends a turn; anything else ends the run.
    private static Actor.Script turns(Turn turn) {
        return () -> {
            boolean more = true;
            while (more) {
                Actor.work("turns", false);
                try {
                    more = turn.take();
                } catch (RuntimeException e) {
                    if (!StepWorker.isOutage(e)) {
                        throw e;
                    }
                }
            }
        };
    }
}
