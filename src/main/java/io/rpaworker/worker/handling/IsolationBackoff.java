package io.rpaworker.worker.handling;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How long a suspect may keep the others of its process waiting until it is alone, and how long they have to themselves
 * afterwards. A try in vain doubles the time of the next one, up to what the longest call may take: by then every call
 * has ended or is given up, so that each suspect gets its turn.
 */
final class IsolationBackoff {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(30);

    private final Duration first;
    private final Duration longest;
    private Duration next;
    private long restUntilNanos;

    /**
     * None has been tried yet.
     *
     * @param longest until every call that runs now has ended or is given up
     * @param nanoTime {@link System#nanoTime} now
     */
    IsolationBackoff(Duration longest, long nanoTime) {
        this.first = Collections.min(List.of(FIRST, longest));
        this.longest = longest;
        this.next = first;
        this.restUntilNanos = nanoTime;
    }

    /** Whether the others have had their time. */
    boolean isRestedAt(long nanoTime) {
        return nanoTime - restUntilNanos >= 0;
    }

    /** How long the next try may take. */
    Duration next() {
        return next;
    }

    /** The suspect ran. The next one may need as long; what it cost the others is made up for. */
    void rewarded(Duration waited, long nanoTime) {
        next = waited.compareTo(first) > 0 ? Collections.min(List.of(waited, longest)) : first;
        restUntilNanos = nanoTime + waited.toNanos();
    }

    /** The suspect did not run. Spread, so that the flows and replicas do not stand still in step. */
    void lost(Duration waited, long nanoTime, RandomGenerator random) {
        next = Collections.min(List.of(next.multipliedBy(2), longest));
        Duration rest = Collections.max(List.of(waited, REST));
        restUntilNanos = nanoTime + (long) (rest.toNanos() * random.nextDouble(0.5, 1.5));
    }
}
