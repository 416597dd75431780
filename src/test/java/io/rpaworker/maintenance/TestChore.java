package io.rpaworker.maintenance;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A chore that does what a test says. */
record TestChore(
        String name,
        Doer doneBy,
        Duration interval,
        boolean needsEstablishedLease,
        boolean mayBeRetriedAtOnce,
        BooleanSupplier work)
        implements Chore {

    /** One of every replica, about once a minute. */
    static TestChore of(String name, BooleanSupplier work) {
        return new TestChore(name, Doer.EVERY_INSTANCE, Duration.ofMinutes(1), false, true, work);
    }

    TestChore asLeader() {
        return new TestChore(name, Doer.LEADER, interval, needsEstablishedLease, mayBeRetriedAtOnce, work);
    }

    TestChore every(Duration pause) {
        return new TestChore(name, doneBy, pause, needsEstablishedLease, mayBeRetriedAtOnce, work);
    }

    TestChore established() {
        return new TestChore(name, doneBy, interval, true, mayBeRetriedAtOnce, work);
    }

    TestChore triedOnce() {
        return new TestChore(name, doneBy, interval, needsEstablishedLease, false, work);
    }

    @Override
    public boolean runOnce() {
        return work.getAsBoolean();
    }
}
