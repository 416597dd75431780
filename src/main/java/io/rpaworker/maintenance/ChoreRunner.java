package io.rpaworker.maintenance;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.database.ErrorName;
import io.rpaworker.database.FailureReason;
import io.rpaworker.loop.Loop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.stereotype.Component;

/**
 * Does a chore so that its failure is its own. The first failure is logged, and the end of them; what does not pass by
 * itself is a problem that a person has to see to. Used by one thread.
 */
@Component
class ChoreRunner {

    private static final Logger log = LoggerFactory.getLogger(ChoreRunner.class);

    private final RetryTemplate retries;
    private final ChoreProblems problems;
    private final Map<String, Integer> failures = new HashMap<>();

    ChoreRunner(RetryTemplate retries, ChoreProblems problems) {
        this.retries = retries;
        this.problems = problems;
    }

    /** Does a chore, and does it again at once after a transient error; for those that are right when done twice. */
    boolean runAgain(String chore, BooleanSupplier work, BooleanSupplier mine) {
        return run(chore, () -> retries.execute(context -> work.getAsBoolean()), mine);
    }

    /**
     * Does a chore once.
     *
     * @param work answers whether it has more to do
     * @param mine whether this replica is the one to do it; asked afterwards, since work that was left to another one
     *     is no success
     * @return whether it has more to do, which it has not after a failure
     */
    boolean run(String chore, BooleanSupplier work, BooleanSupplier mine) {
        boolean more;
        // The next one's turn: how many chores are due says nothing about any of them.
        Loop.comesRound(Duration.ZERO);
        try {
            more = work.getAsBoolean();
        } catch (Throwable failure) {
            failed(chore, failure);
            return false;
        }
        if (mine.getAsBoolean()) {
            worked(chore);
        } else {
            // Another replica's from now on.
            problems.solve(topic(chore));
        }
        return more;
    }

    private void failed(String chore, Throwable failure) {
        if (failure instanceof BackOffInterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (failures.merge(chore, 1, Integer::sum) == 1) {
            log.warn("Chore {} failed and will be done again: {}", chore, FailureReason.of(failure));
        }
        log.debug("Chore {} failed", chore, failure);
        if (!passesByItself(failure)) {
            problems.report(topic(chore), "Chore %s fails: %s".formatted(chore, ErrorName.of(failure)));
        }
    }

    private void worked(String chore) {
        Integer failed = failures.remove(chore);
        if (failed != null) {
            log.info("Chore {} works again after {} failures", chore, failed);
            problems.solve(topic(chore));
        }
    }

    private static boolean passesByItself(Throwable failure) {
        return DatabaseError.of(failure)
                .map(it -> switch (it) {
                    case TRANSIENT, UNKNOWN_OUTCOME, TIMEOUT -> true;
                    case INTERNAL, DATA, CONFIGURATION, OTHER -> false;
                })
                .orElse(false);
    }

    private static String topic(String chore) {
        return "chore " + chore;
    }
}
