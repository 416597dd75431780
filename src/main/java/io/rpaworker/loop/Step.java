package io.rpaworker.loop;

import java.time.Duration;

/** What a {@link Loop} does each time that it comes round. */
@FunctionalInterface
public interface Step {

    /** A rest that only {@link Loop#hurry} ends. */
    Duration UNTIL_HURRIED = Duration.ofDays(10_000);

    /**
     * Comes round once.
     *
     * @return how long to rest before the next time; zero for not at all
     * @throws InterruptedException whoever is to stop the loop has said so to it; otherwise the next round follows at
     *     once, since the interrupt is what code that is not the worker's has left
     * @throws Exception the round has failed: the loop says so, and goes on after a rest
     */
    Duration comeRound() throws Exception;
}
