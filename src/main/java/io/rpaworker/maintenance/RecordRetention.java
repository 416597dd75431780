package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.retention.OldRecords;
import io.rpaworker.queue.retention.OldRecords.OldRecord;
import io.rpaworker.queue.retention.OldRecords.Window;
import io.rpaworker.queue.retention.Retention;
import io.rpaworker.queue.retention.Retention.Step;
import io.rpaworker.queue.retention.Retention.Terms;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Walks through the table and deletes what is old enough, a short transaction for each window; each asks anew whether
 * this replica still leads. A window that cannot be deleted is divided until those to blame are known; they are passed
 * over from then on.
 */
@Component
class RecordRetention {

    private static final String TOPIC = "retention";

    private final Leadership leadership;
    private final Retention retention;
    private final OldRecords oldRecords;
    private final ChoreProblems problems;
    private final MaintenanceProperties.Retention kept;
    private final RetentionWalk walk = new RetentionWalk();
    private final UndeletableRecords undeletable = new UndeletableRecords();
    private final LockedRecords locked = new LockedRecords();
    private final Patience patience = new Patience();
    private final Culprits culprits = new Culprits(undeletable, locked, patience);
    private volatile int shown;

    RecordRetention(
            Leadership leadership,
            Retention retention,
            OldRecords oldRecords,
            ChoreProblems problems,
            MaintenanceProperties properties,
            MeterRegistry meters) {
        this.leadership = leadership;
        this.retention = retention;
        this.oldRecords = oldRecords;
        this.problems = problems;
        this.kept = properties.retention();
        Gauge.builder("rpa.retention.undeletable", this, it -> it.shown)
                .description("Old records that the leader cannot delete")
                .register(meters);
    }

    /** Walks on; answers whether the walk is still under way after the most that one round does. */
    boolean purgeOnce(Collection<String> knownFlows) {
        try {
            Terms terms = asLeader(() ->
                    new Terms(kept.completed(), kept.dead(), kept.adopted(), retention.lastAdopted(), knownFlows));
            return terms != null && BoundedRounds.some(() -> step(terms));
        } finally {
            show();
        }
    }

    /** Deletes attempts that are old enough; answers whether more are than one round deletes. */
    boolean purgeAttemptsOnce() {
        return BoundedRounds.some(() -> {
            Integer purged = asLeader(() -> retention.purgeAttempts(kept.attempts()));
            return purged != null && purged > 0;
        });
    }

    /** Shows what cannot be deleted as long as this replica leads: its successor finds out by itself. */
    void show() {
        shown = leadership.isLeader() ? undeletable.count() + locked.count() : 0;
        if (shown == 0) {
            problems.solve(TOPIC);
            return;
        }
        List<String> full = undeletable.fullFlows();
        problems.report(
                TOPIC,
                "Retention cannot delete %d records, for example %s%s"
                        .formatted(
                                shown,
                                undeletable.example().or(locked::example).orElse("none"),
                                full.isEmpty() ? "" : "; of " + full + " it deletes nothing"));
    }

    /** Answers whether another step should follow. */
    private boolean step(Terms terms) {
        if (walk.begin(terms.first())) {
            culprits.walkBegins();
        }
        List<OldRecord> part = culprits.nextPart();
        boolean goOn = part == null ? purge(terms) : delete(part, terms);
        if (walk.isUnderWay() || culprits.anyParts()) {
            return goOn;
        }
        locked.walkEnded();
        return false;
    }

    private boolean purge(Terms terms) {
        List<String> flows =
                terms.flows().stream().filter(it -> !undeletable.isFull(it)).toList();
        var open = terms.of(flows);
        Step step;
        try {
            step = asLeader(() -> retention.purge(walk.from(), open, undeletable.idsFrom(walk.from())));
        } catch (RuntimeException failure) {
            patience.endure(failure);
            return lookForCulprits(open) && !Patience.mayTakeLong(failure);
        }
        if (step == null) {
            return false;
        }
        if (step.left() > 0) {
            return lookForCulprits(open);
        }
        patience.renew();
        walk.goOn(step.reached(), step.more(), terms.lastAdopted());
        return true;
    }

    private boolean lookForCulprits(Terms terms) {
        Window window = asLeader(() -> {
            // If it fails even to delete nothing, no record is to blame.
            oldRecords.delete(List.of(), terms);
            return oldRecords.look(walk.from(), terms);
        });
        if (window == null) {
            return false;
        }
        culprits.suspect(window.old());
        walk.goOn(window.reached(), window.more(), terms.lastAdopted());
        return true;
    }

    private boolean delete(List<OldRecord> part, Terms terms) {
        OldRecords.Left left;
        try {
            left = asLeader(() -> oldRecords.delete(part, terms));
        } catch (RuntimeException failure) {
            return culprits.divide(part, failure);
        }
        if (left == null) {
            culprits.putBack(part);
            return false;
        }
        culprits.deleted(part, left);
        return true;
    }

    private <T> @Nullable T asLeader(Supplier<T> duty) {
        var result = new AtomicReference<@Nullable T>();
        return leadership.asLeader(() -> result.set(duty.get())) ? result.get() : null;
    }
}
