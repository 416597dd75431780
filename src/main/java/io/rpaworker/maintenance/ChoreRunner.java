package io.rpaworker.maintenance;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.database.ErrorName;
import io.rpaworker.leader.Leadership;
import io.rpaworker.loop.Loop;
import io.rpaworker.text.Causes;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.retry.backoff.BackOffInterruptedException;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Does a chore so that its failure is its own. The first failure is logged, and the end of them; what does not pass by
 * itself is a problem that a person has to see to. Used by one thread.
 */
@Component
class ChoreRunner {

    private static final Logger log = LoggerFactory.getLogger(ChoreRunner.class);

    private final RetryTemplate retries;
    private final ChoreProblems problems;
    private final Leadership leadership;
    private final Map<String, Integer> failures = new HashMap<>();

    ChoreRunner(RetryTemplate retries, ChoreProblems problems, Leadership leadership) {
        this.retries = retries;
        this.problems = problems;
        this.leadership = leadership;
    }

    /**
     * Does a chore.
     *
     * @return whether it has more to do, which it has not after a failure
     */
    boolean run(Chore chore) {
        boolean more;
        // The next one's turn: how many chores are due says nothing about any of them.
        Loop.comesRound(Duration.ZERO);
        try {
            more = chore.mayBeRetriedAtOnce() ? retries.execute(context -> chore.runOnce()) : chore.runOnce();
        } catch (Throwable failure) {
            failed(chore.name(), failure);
            return false;
        }
        // Asked afterwards, since work that was left to another one is no success.
        if (isMine(chore)) {
            worked(chore.name());
        } else {
            // Another replica's from now on.
            problems.solve(topic(chore.name()));
        }
        return more;
    }

    private boolean isMine(Chore chore) {
        return switch (chore.doneBy()) {
            case EVERY_INSTANCE -> true;
            case LEADER -> leadership.isLeader();
        };
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
        // PostgreSQL was not even asked: that is no chore's fault, and a rare one would be called broken for hours.
        boolean asked = Causes.of(failure).stream()
                .noneMatch(it -> it instanceof CannotGetJdbcConnectionException
                        || it instanceof CannotCreateTransactionException);
        if (!asked) {
            return true;
        }
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
