package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.recovery.StrayRecords;
import io.rpaworker.queue.recovery.StrayRecords.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Walks the queue for stray records, which no claim names any more, and has them done again. There should never be any:
 * whatever is found is logged and shown until a whole walk has found nothing.
 */
@Component
@Order(70) // nothing is urgent from here on: there should be no stray record
class StrayRecovery implements Chore {

    private static final Logger log = LoggerFactory.getLogger(StrayRecovery.class);
    private static final String TOPIC = "stray records";

    // A walk reads the whole table for what should not be there: one in ten minutes at most, which is what a schedule
    // may make of this.
    private static final Duration INTERVAL = Duration.ofMinutes(14);

    private final Leadership leadership;
    private final StrayRecords strays;
    private final ChoreProblems problems;
    private final Map<String, Integer> found = new TreeMap<>();
    // Where the next step begins.
    private long walkedTo = Long.MIN_VALUE;
    private volatile int ofLastWalk;

    StrayRecovery(Leadership leadership, StrayRecords strays, ChoreProblems problems, MeterRegistry meters) {
        this.leadership = leadership;
        this.strays = strays;
        this.problems = problems;
        Gauge.builder("rpa.records.stray", this, it -> it.ofLastWalk)
                .description("Records that the leader found to be processing under a claim that has no row; 0 normally")
                .register(meters);
    }

    @Override
    public String name() {
        return "recovery of stray records";
    }

    @Override
    public Doer doneBy() {
        return Doer.LEADER;
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Walks on through the table, a short transaction for each window; answers whether the walk is still under way. */
    @Override
    public boolean runOnce() {
        return BoundedRounds.some(() -> {
            Optional<Step> step = leadership.findAsLeader(() -> strays.release(walkedTo));
            if (step.isEmpty()) {
                end();
            }
            return step.filter(this::note).isPresent();
        });
    }

    private boolean note(Step taken) {
        taken.released().forEach(it -> {
            log.warn(
                    "{} records of flow {} were processing under a claim that nobody holds; they are pending again",
                    it.records(),
                    it.flow());
            found.merge(it.flow(), it.records(), Integer::sum);
        });
        walkedTo = taken.reached();
        if (!found.isEmpty()) {
            show();
        }
        if (!taken.more()) {
            if (found.isEmpty()) {
                show();
            }
            found.clear();
            walkedTo = Long.MIN_VALUE;
        }
        return taken.more();
    }

    // What another replica finds from now on is its own to show.
    private void end() {
        found.clear();
        show();
        walkedTo = Long.MIN_VALUE;
    }

    private void show() {
        ofLastWalk = found.values().stream().mapToInt(Integer::intValue).sum();
        if (found.isEmpty()) {
            problems.solve(TOPIC);
        } else {
            problems.report(
                    TOPIC,
                    found.entrySet().stream()
                            .map(it -> "%d of flow %s".formatted(it.getValue(), it.getKey()))
                            .collect(Collectors.joining(
                                    ", ",
                                    "Records were processing under a claim that nobody holds and are pending again: ",
                                    "")));
        }
    }
}
