package io.rpaworker.worker;

import io.rpaworker.queue.DueFlows;
import io.rpaworker.queue.Notifications;
import io.rpaworker.queue.Notifications.NotHeardException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.stereotype.Component;

/**
 * Wakes the pollers of idle flows: at once when PostgreSQL notifies, within the poll interval when it does not. One
 * statement asks for all idle flows of the replica.
 */
@Component
class Arrivals {

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);
    private static final Duration LISTEN_AGAIN = Duration.ofSeconds(5);

    private final DueFlows dueFlows;
    private final Lease lease;
    private final JdbcConnectionDetails database;
    private final WorkerProperties properties;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean heard;

    Arrivals(DueFlows dueFlows, Lease lease, JdbcConnectionDetails database, WorkerProperties properties) {
        this.dueFlows = dueFlows;
        this.lease = lease;
        this.database = database;
        this.properties = properties;
    }

    void start(List<FlowRunner> runners) {
        if (runners.isEmpty()) {
            return;
        }
        threads.add(Thread.ofPlatform()
                .daemon()
                .name("rpa-probe")
                .start(new Probe(runners, dueFlows, lease, properties.watermarkSweep())));
        if (properties.wakeUp()) {
            threads.add(Thread.ofPlatform().daemon().name("rpa-listen").start(() -> listenUntilInterrupted(runners)));
        }
    }

    void stop() {
        threads.forEach(Thread::interrupt);
    }

    /** Whether notifications arrive. */
    boolean isHeard() {
        return heard;
    }

    private void listenUntilInterrupted(List<FlowRunner> runners) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                listen(runners);
            } catch (NotHeardException e) {
                log.warn("No wake-ups, polling alone: {}", e.getMessage());
                return;
            } catch (Throwable e) {
                log.debug("Wake-ups are interrupted", e);
            } finally {
                heard = false;
            }
            try {
                Thread.sleep(LISTEN_AGAIN);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listen(List<FlowRunner> runners) throws SQLException, NotHeardException {
        var connections = new DriverManagerDataSource(
                database.getJdbcUrl(),
                String.valueOf(database.getUsername()),
                database.getPassword() == null ? "" : database.getPassword());
        try (Notifications notifications = Notifications.listen(connections)) {
            heard = true;
            // What arrived while nobody listened.
            runners.forEach(FlowRunner::wakeUp);
            while (!Thread.currentThread().isInterrupted()) {
                lease.replica().ifPresent(replica -> dueFlows.listening(replica, true));
                for (int round = 0; round < 5 && !Thread.currentThread().isInterrupted(); round++) {
                    wake(runners, new HashSet<>(notifications.await(Duration.ofSeconds(1))));
                }
            }
        }
    }

    private static void wake(List<FlowRunner> runners, Set<String> flows) {
        if (!flows.isEmpty()) {
            runners.stream().filter(it -> flows.contains(it.flow().name())).forEach(FlowRunner::wakeUp);
        }
    }
}
