package io.rpaworker.bench.peer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.serializer.JacksonSerializer;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;

/** db-scheduler with lock-and-fetch, 20 threads: the best of what was tried. */
public final class DbSchedulerPeer {

    /** Its table, from its documentation. */
    public static final String SCHEMA = """
            create table scheduled_tasks (
                task_name text not null,
                task_instance text not null,
                task_data bytea,
                execution_time timestamptz not null,
                picked boolean not null,
                picked_by text,
                last_success timestamptz,
                last_failure timestamptz,
                consecutive_failures int,
                last_heartbeat timestamptz,
                version bigint not null,
                priority smallint,
                primary key (task_name, task_instance)
            );
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)
            """;

    private static final int THREADS = 20;
    private static final int CHUNK = 1_000;

    private DbSchedulerPeer() {}

    public static void main(String[] arguments) throws Exception {
        // Four for itself; and one for each thread that writes, beside the one that it settles with.
        var peer = new PeerProcess(arguments, THREADS + 4, THREADS);
        OneTimeTask<String> task =
                Tasks.oneTime("noop", String.class).execute((instance, context) -> peer.handle(instance.getData()));
        var serializer = new JacksonSerializer();
        if (peer.isToFill()) {
            SchedulerClient client = SchedulerClient.Builder.create(peer.dataSource(), task)
                    .serializer(serializer)
                    .build();
            Instant due = Instant.now().minusSeconds(5);
            for (int from = 0; from < peer.records(); from += CHUNK) {
                var chunk = new ArrayList<TaskInstance<?>>();
                for (int i = from; i < Math.min(peer.records(), from + CHUNK); i++) {
                    chunk.add(task.instance("j" + i, PeerProcess.payload(i)));
                }
                client.scheduleBatch(chunk, due);
            }
            return;
        }
        Scheduler scheduler = Scheduler.create(peer.dataSource(), task)
                .threads(THREADS)
                .pollingInterval(Duration.ofMillis(200))
                .serializer(serializer)
                .pollUsingLockAndFetch(1.0, 4.0)
                .build();
        peer.awaitGo();
        scheduler.start();
        peer.awaitEnd();
    }
}
