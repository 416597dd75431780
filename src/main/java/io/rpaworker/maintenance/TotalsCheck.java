package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.counts.QueueRecount;
import io.rpaworker.queue.counts.QueueRecount.Difference;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Compares the queue's totals with its table once a day, and mends them. A chore of the leader on a thread of its own:
 * a large table is read for minutes, and the other chores cannot wait for that.
 */
@Component
class TotalsCheck implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(TotalsCheck.class);

    /** The row in {@code leader_term} that says until when nobody need check. */
    static final String DUTY = "totals";

    private static final Duration PAUSE = Duration.ofDays(1);
    // Ten million records in 6 GB were read in 3 s from memory; a disk that reads 200 MB a second gives 120 GB in this.
    private static final Duration AT_MOST = Duration.ofMinutes(10);
    // Whoever goes round the triggers may do so for very many flows.
    private static final int NAMED = 20;

    private final Leadership leadership;
    private final QueueRecount recount;
    private final ChoreProblems problems;
    private final LastTotals last;
    private final MaintenanceProperties properties;
    private final Loop loop;

    TotalsCheck(
            Leadership leadership,
            QueueRecount recount,
            ChoreProblems problems,
            LastTotals last,
            MaintenanceProperties properties,
            Loops loops) {
        this.leadership = leadership;
        this.recount = recount;
        this.problems = problems;
        this.last = last;
        this.properties = properties;
        // The other chores say so when the database does not answer.
        this.loop = loops.of(
                Role.of("totals", "Checks of the totals")
                        .whoseFailuresOthersLog()
                        .restingAfterFailure(properties.purgeInterval()),
                this::comeRound);
    }

    @Override
    public void start() {
        if (properties.enabled()) {
            loop.start();
        }
    }

    // A count that is under way ends with the pool.
    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    // As often as for what may be deleted: neither is urgent.
    private Duration comeRound() {
        Loop.comesRound(AT_MOST);
        checkOnce();
        return properties.purgeInterval();
    }

    /** Checks the totals if this replica leads and nobody has for a day. */
    void checkOnce() {
        if (!leadership.isLeader()) {
            // The next leader finds out for itself.
            problems.solve(DUTY);
        } else if (leadership.take(DUTY, PAUSE)) {
            check();
        }
    }

    private void check() {
        try {
            List<Difference> mended = recount.recount(AT_MOST);
            problems.solve(DUTY);
            last.keep(mended);
            report(mended);
        } catch (RuntimeException e) {
            problems.report(DUTY, "The totals could not be compared with the table; see select * from queue_recount()");
            log.warn("Could not compare the totals with the table, trying again in a day: {}", FailureReason.of(e));
        }
    }

    private static void report(List<Difference> mended) {
        log.info("Compared the totals with the table: {} flows differed", mended.size());
        mended.stream()
                .limit(NAMED)
                .forEach(it -> log.warn(
                        "The total of {} said {} records, {} more than the table has; mended",
                        it.flow(),
                        it.recorded(),
                        it.surplus()));
        if (mended.size() > NAMED) {
            log.warn("The totals of {} more flows differed by less; mended", mended.size() - NAMED);
        }
    }
}
