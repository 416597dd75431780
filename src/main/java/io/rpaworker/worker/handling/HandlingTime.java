package io.rpaworker.worker.handling;

import java.util.concurrent.atomic.LongAdder;

/**
 * How long a slot is at a record: a mean in which older calls count less and less, and those that have ended since the
 * last look count alike. Calls that still run count with what they have taken so far, as long as that is not long: the
 * first ones to end are the quick ones.
 */
final class HandlingTime {

    private final LongAdder calls = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final double kept;
    private double meanRecords;
    private double meanNanos;

    /**
     * Not known yet.
     *
     * @param memory about so many calls count
     */
    HandlingTime(int memory) {
        this.kept = 1 - 1.0 / memory;
    }

    /** A call for so many records has ended. */
    void handled(int ofRecords, long callNanos) {
        calls.increment();
        records.add(ofRecords);
        nanos.add(callNanos);
    }

    /**
     * The mean for one record, in nanoseconds; infinite as long as no call has ended.
     *
     * @param youngNanos what the calls that run and are not old have taken so far, together
     */
    synchronized double mean(long youngNanos) {
        long ended = calls.sumThenReset();
        if (ended > 0) {
            double old = Math.pow(kept, (double) ended);
            double weight = (1 - old) / (1 - kept) / (double) ended;
            meanRecords = meanRecords * old + (double) records.sumThenReset() * weight;
            meanNanos = meanNanos * old + (double) nanos.sumThenReset() * weight;
        }
        return meanRecords == 0 ? Double.POSITIVE_INFINITY : (meanNanos + (double) youngNanos) / meanRecords;
    }

    /** What comes next may be of another kind. */
    synchronized void forget() {
        calls.reset();
        records.reset();
        nanos.reset();
        meanRecords = 0;
        meanNanos = 0;
    }
}
