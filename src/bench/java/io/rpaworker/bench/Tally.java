package io.rpaworker.bench;

import java.util.BitSet;
import java.util.List;

/**
 * Which records were handled, in all processes together.
 *
 * @param distinct how many different ones
 * @param again how often one was handled that had been handled already, by whomever
 */
record Tally(long distinct, long again) {

    static Tally of(List<Contestant> contestants) throws InterruptedException {
        var all = new BitSet();
        long again = 0;
        for (Contestant contestant : contestants) {
            Contestant.Seen seen = contestant.awaitSeen();
            again += seen.again();
            again += seen.ids().cardinality();
            int before = all.cardinality();
            all.or(seen.ids());
            again -= all.cardinality() - before;
        }
        return new Tally(all.cardinality(), again);
    }

    /** Whether so many were handled, each once; says so on the console if not. */
    boolean isExactly(long records) {
        if (distinct == records && again == 0) {
            return true;
        }
        System.out.printf(
                "!!! Of %,d records %,d were never handled, and %,d times one was handled again%n",
                records, records - distinct, again);
        return false;
    }
}
