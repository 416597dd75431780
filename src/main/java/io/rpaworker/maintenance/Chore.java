package io.rpaworker.maintenance;

import java.time.Duration;

/**
 * What is to be done now and then for as long as the process lives. A component that implements this is done; its
 * {@link org.springframework.core.annotation.Order} says its place in a round.
 *
 * <p>All chores share a thread, so that one has to end within seconds: {@link BoundedRounds}. It is right when it is
 * done twice, or by two replicas at once.
 */
interface Chore {

    /** Who does a chore. */
    enum Doer {
        /** Every replica, each for what it finds or for the flows that it runs. */
        EVERY_INSTANCE,
        /**
         * The leader. The others run it as well, and it finds out in each transaction that there it has nothing to do.
         */
        LEADER
    }

    /** What the log and health call it; no other one has this name. */
    String name();

    /** Who does it. */
    Doer doneBy();

    /** Pause between two of its turns at most; one that becomes another is over at once. Asked in every round. */
    Duration interval();

    /**
     * Whether only a replica may do it that has itself been healthy for a whole lease; the others leave it until they
     * have.
     */
    default boolean needsEstablishedLease() {
        return false;
    }

    /** Whether it is done again at once after an error by which PostgreSQL says that nothing happened. */
    default boolean mayBeRetriedAtOnce() {
        return true;
    }

    /** A round of chores begins, in which this one may be due or not, and whether or not this replica has a lease. */
    default void roundBegins() {}

    /**
     * Does it, or as much of it as fits into a round. It may throw anything, which takes no other's turn.
     *
     * @return whether there is more to do; then it is due again as soon as the others have had their turn
     */
    boolean runOnce();
}
