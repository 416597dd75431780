package io.rpaworker.ops;

import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.StatusCounts;
import io.rpaworker.queue.TableHealth;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.Worker;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Counts the queue in the background, so that a scrape costs the database nothing. Keeps the last counts it got. */
@Component
@EnableConfigurationProperties(MonitoringProperties.class)
class QueueSnapshots implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(QueueSnapshots.class);

    // Counting reads the index of what waits: 0.2 s for 200,000 records, so every 15 s would be a lot for millions.
    private static final int RESTS_PER_WORK = 20;

    private final QueueCounts counts;
    private final TableHealth table;
    private final Worker worker;
    private final QueueMeters meters;
    private final MonitoringProperties properties;
    private final long createdAtNanos = System.nanoTime();
    private volatile @Nullable QueueSnapshot last;
    private volatile @Nullable Thread thread;
    private boolean failing;

    QueueSnapshots(
            QueueCounts counts, TableHealth table, Worker worker, QueueMeters meters, MonitoringProperties properties) {
        this.counts = counts;
        this.table = table;
        this.worker = worker;
        this.meters = meters;
        this.properties = properties;
    }

    /** What was counted last; empty before the first success. */
    Optional<QueueSnapshot> last() {
        return Optional.ofNullable(last);
    }

    /** How long ago the database last answered; from the start of the process before it first did. */
    Duration age() {
        QueueSnapshot known = last;
        return known == null ? Duration.ofNanos(System.nanoTime() - createdAtNanos) : known.age();
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().daemon().name("rpa-monitoring").start(this::refreshUntilInterrupted);
    }

    @Override
    public void stop() {
        Thread refreshing = thread;
        thread = null;
        if (refreshing != null) {
            refreshing.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    /** Below the worker's and the web server's: the meters are kept up to date while the worker drains. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void refreshUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Duration took = refreshOnce();
            Duration rest = took.multipliedBy(RESTS_PER_WORK);
            Duration interval = properties.refreshInterval();
            try {
                Thread.sleep(rest.compareTo(interval) > 0 ? rest : interval);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Counts once; never throws. Answers with how long the database worked on it, zero if it did not answer. */
    synchronized Duration refreshOnce() {
        long asked = System.nanoTime();
        try {
            SortedMap<String, StatusCounts> counted = counts.byFlow();
            for (FlowState flow : worker.flows()) {
                counted.putIfAbsent(flow.flow(), StatusCounts.NONE);
            }
            var snapshot = new QueueSnapshot(counted, counts.oldestAges(), table.deadTuples(), table.holders(), asked);
            last = snapshot;
            meters.show(snapshot);
            failing = false;
            return Duration.ofNanos(System.nanoTime() - asked);
        } catch (Throwable e) {
            if (thread != null && !failing) {
                failing = true;
                log.warn("Could not count the queue, its meters keep their last values: {}", e.toString());
            }
            return Duration.ZERO;
        }
    }
}
