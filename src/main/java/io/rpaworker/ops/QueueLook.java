package io.rpaworker.ops;

import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.counts.TableHealth;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import org.springframework.stereotype.Component;

/** Looks at the queue and its table: a handful of statements, each as long as its timeout lets it. */
@Component
public class QueueLook {

    private final QueueCounts counts;
    private final TableHealth table;
    private final LiveHandlers handlers;

    QueueLook(QueueCounts counts, TableHealth table, LiveHandlers handlers) {
        this.counts = counts;
        this.table = table;
        this.handlers = handlers;
    }

    /**
     * Looks once.
     *
     * @param own flows that are shown also when they have no records
     * @throws org.springframework.dao.DataAccessException if rpa_db does not answer
     */
    public QueueSnapshot take(Set<String> own) {
        long asked = System.nanoTime();
        SortedMap<String, StatusCounts> counted = counts.byFlow();
        own.forEach(flow -> counted.putIfAbsent(flow, StatusCounts.NONE));
        return new QueueSnapshot(
                counted,
                counts.oldestAges(),
                counts.later(),
                table.deadTuples(),
                table.holders(),
                handlers.find(),
                asked,
                Duration.ofNanos(System.nanoTime() - asked));
    }
}
