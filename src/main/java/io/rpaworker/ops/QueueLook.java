package io.rpaworker.ops;

import io.rpaworker.history.LatestEnds;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.counts.TableHealth;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunsLook;
import io.rpaworker.queue.run.RunsLook.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Looks at the queue and its table: a handful of statements, each as long as its timeout lets it. */
@Component
public class QueueLook {

    private final QueueCounts counts;
    private final TableHealth table;
    private final LiveHandlers handlers;
    private final RunsLook runs;
    private final LatestEnds ends;

    QueueLook(QueueCounts counts, TableHealth table, LiveHandlers handlers, RunsLook runs, LatestEnds ends) {
        this.counts = counts;
        this.table = table;
        this.handlers = handlers;
        this.runs = runs;
        this.ends = ends;
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
                runs(own),
                asked,
                Duration.ofNanos(System.nanoTime() - asked));
    }

    private RunsSnapshot runs(Set<String> own) {
        Set<String> withRuns =
                own.stream().filter(it -> own.contains(it + RunPart.DISCOVERY)).collect(Collectors.toUnmodifiableSet());
        Seen seen = runs.look(withRuns);
        Set<String> open = seen.open().stream()
                .flatMap(it -> Stream.of(it.flow(), it.flow() + RunPart.END))
                .collect(Collectors.toUnmodifiableSet());
        return new RunsSnapshot(withRuns, seen, open.isEmpty() ? Map.of() : ends.of(open));
    }
}
