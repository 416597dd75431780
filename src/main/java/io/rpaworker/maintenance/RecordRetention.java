package io.rpaworker.maintenance;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.retention.OldRecords;
import io.rpaworker.queue.retention.OldRecords.OldRecord;
import io.rpaworker.queue.retention.OldRecords.Window;
import io.rpaworker.queue.retention.Retention;
import io.rpaworker.queue.retention.Retention.Step;
import io.rpaworker.queue.retention.Retention.Terms;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Walks through the table and deletes what is old enough, a short transaction for each window; each asks anew whether
 * this replica still leads. A window that cannot be deleted is divided until those to blame are known; they are passed
 * over from then on.
 */
@Component
@Order(100) // the last: it has time, and keeps its place by itself
class RecordRetention implements Chore {

    private final Leadership leadership;
    private final Retention retention;
    private final OldRecords oldRecords;
    private final RetentionProblem problem;
    private final MaintenanceProperties properties;
    private final FlowRegistry flows;
    private final RetentionWalk walk = new RetentionWalk();
    private final UndeletableRecords undeletable = new UndeletableRecords();
    private final LockedRecords locked = new LockedRecords();
    private final Patience patience = new Patience();
    private final Culprits culprits = new Culprits(undeletable, locked, patience);

    RecordRetention(
            Leadership leadership,
            Retention retention,
            OldRecords oldRecords,
            RetentionProblem problem,
            MaintenanceProperties properties,
            FlowRegistry flows) {
        this.leadership = leadership;
        this.retention = retention;
        this.oldRecords = oldRecords;
        this.problem = problem;
        this.properties = properties;
        this.flows = flows;
    }

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public Doer doneBy() {
        return Doer.LEADER;
    }

    @Override
    public Duration interval() {
        return properties.purgeInterval();
    }

    // What fails is tried again in parts, in the next round.
    @Override
    public boolean mayBeRetriedAtOnce() {
        return false;
    }

    // Another replica may lead by now, which finds out by itself what cannot be deleted.
    @Override
    public void roundBegins() {
        problem.show(undeletable, locked);
    }

    /** Walks on; answers whether the walk is still under way after the most that one round does. */
    @Override
    public boolean runOnce() {
        try {
            Terms terms = asLeader(this::terms);
            return terms != null && BoundedRounds.some(() -> step(terms));
        } finally {
            problem.show(undeletable, locked);
        }
    }

    private Terms terms() {
        var kept = properties.retention();
        return new Terms(kept.completed(), kept.dead(), kept.adopted(), retention.lastAdopted(), flows.known());
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
        return leadership.findAsLeader(duty).orElse(null);
    }
}
