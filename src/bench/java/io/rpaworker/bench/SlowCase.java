package io.rpaworker.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Slow records, and what is asked of those who handle them.
 *
 * @param millis how long each record takes, in the order of their ids
 * @param aside how many of them nobody waits for
 * @param asked in words
 * @param isMet whether a run is as it is asked
 */
record SlowCase(String name, int replicas, List<Integer> millis, int aside, String asked, Predicate<SlowRun> isMet) {

    private static final int REPLICAS = 4;
    // By default.
    private static final int SLOTS = REPLICAS * 16;
    private static final int LENGTH = 2_000;
    private static final int MIXED = 200;
    private static final long SEED = 20_260;
    private static final int QUICK = 1_000;
    private static final int LONG = 60_000;

    static List<SlowCase> all() {
        return List.of(equal(), fewerThanAClaim(), mixed(), quick(0), quick(1));
    }

    private static SlowCase equal() {
        return new SlowCase(
                "192 of 2 s",
                REPLICAS,
                Collections.nCopies(192, LENGTH),
                0,
                "done ≤ 7.5 s, shares 36 to 60",
                run -> run.done() <= 7.5 && run.shares().stream().allMatch(it -> it >= 36 && it <= 60));
    }

    private static SlowCase fewerThanAClaim() {
        return new SlowCase(
                "64 of 2 s", REPLICAS, Collections.nCopies(64, LENGTH), 0, "begun ≤ 1 s", run -> run.begun() <= 1);
    }

    private static SlowCase mixed() {
        var millis = new ArrayList<>(IntStream.range(0, MIXED)
                .map(it -> it * 2 * LENGTH / (MIXED - 1))
                .boxed()
                .toList());
        Collections.shuffle(millis, new Random(SEED));
        double ideal = millis.stream().mapToInt(it -> it).sum() / 1e3 / SLOTS;
        return new SlowCase(
                "200 of 0 to 4 s",
                REPLICAS,
                millis,
                0,
                String.format(
                        Locale.ROOT,
                        "done ≤ %.2f s: 1.5 of the ideal %.2f s; the longest first would take %.2f s",
                        1.5 * ideal,
                        ideal,
                        longestFirst(millis)),
                run -> run.done() <= 1.5 * ideal);
    }

    // The long ones come first, so that all the others are behind them.
    private static SlowCase quick(int aside) {
        var millis = new ArrayList<>(Collections.nCopies(aside, LONG));
        millis.addAll(Collections.nCopies(QUICK, 0));
        return new SlowCase(
                "%,d no-op%s".formatted(QUICK, aside == 0 ? "" : " behind %d of %d s".formatted(aside, LONG / 1_000)),
                1,
                millis,
                aside,
                "",
                run -> true);
    }

    // Each goes to the slot that is free first: nobody who knows all lengths does much better.
    private static double longestFirst(List<Integer> millis) {
        var ends = new PriorityQueue<>(Collections.nCopies(SLOTS, 0));
        millis.stream().sorted(Collections.reverseOrder()).forEach(it -> ends.add(ends.remove() + it));
        return Collections.max(ends) / 1e3;
    }

    /** The payload of record {@code i}, from 1, as SQL; ids begin after {@code before}. */
    String payload(int before) {
        return "jsonb_build_object('id', %d + i, 'millis', (array%s)[cast(i as int)])".formatted(before, millis);
    }

    int records() {
        return millis.size();
    }
}
