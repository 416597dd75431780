package io.rpaworker.maintenance;

import java.util.List;
import java.util.function.LongSupplier;

/** The chores in their order, each with the time when it is due again. Used by one thread. */
final class DueChores {

    private final List<Turn> turns;
    private final ChoreRunner runner;

    private record Turn(Chore chore, Schedule schedule) {}

    DueChores(List<Chore> chores, ChoreRunner runner, LongSupplier nanoTime) {
        this.turns = chores.stream()
                .map(it -> new Turn(it, new Schedule(it::interval, nanoTime)))
                .toList();
        this.runner = runner;
    }

    /** Lets all of them know that a round begins. */
    void beginRound() {
        turns.forEach(it -> it.chore().roundBegins());
    }

    /**
     * Does those that are due. One that fails takes no other's turn.
     *
     * @param established whether this replica's lease is; if not, those that need it stay due
     */
    void runOnce(boolean established) {
        for (Turn turn : turns) {
            Chore chore = turn.chore();
            boolean allowed = established || !chore.needsEstablishedLease();
            if (allowed && turn.schedule().isDue() && runner.run(chore)) {
                turn.schedule().hurry();
            }
        }
    }
}
