package io.rpaworker.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Who works off a full queue how fast. */
final class Drains {

    private static final int REPETITIONS = 2;
    private static final List<Integer> PROCESSES = List.of(1, 2, 4);

    private final Setup setup;
    private final Server server;
    private final int records = Options.number("records");
    private final int rounds = Options.number("rounds");
    private final double noise = Options.fraction("noise");
    private final List<String> missing = new ArrayList<>();

    Drains(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    /** Beside PostgreSQL itself and beside the peers. */
    boolean drain() throws Exception {
        return besideOthers(
                "Drain of no-op records",
                false,
                RpaWorker.of(setup, 1),
                RpaWorker.withResults(setup, 1),
                RpaWorker.tuned(setup),
                RpaWorker.ofJar(setup));
    }

    /** The same with one row written for each record. */
    boolean write() throws Exception {
        return besideOthers(
                "Drain with one row written for each record",
                true,
                RpaWorker.of(setup, 1),
                RpaWorker.withResults(setup, 1));
    }

    /** One, two and four processes of this worker, and the fastest peer. */
    boolean byProcesses() throws Exception {
        var contenders = new ArrayList<Contender>();
        PROCESSES.forEach(it -> contenders.add(RpaWorker.of(setup, it)));
        PROCESSES.forEach(it -> contenders.add(RpaWorker.withResults(setup, it)));
        GraphileWorker.installed(setup, this::isMissing).ifPresent(contenders::add);
        return rounds("Drain by several processes", contenders, false);
    }

    private boolean besideOthers(String title, boolean writing, Contender... ours) throws Exception {
        var contenders = new ArrayList<Contender>();
        Setup.program("pgbench")
                .ifPresentOrElse(
                        it -> contenders.add(new Pgbench(setup, it)),
                        () -> isMissing("pgbench is not installed: the raw figure that all others are held against"));
        contenders.addAll(List.of(ours));
        GraphileWorker.installed(setup, this::isMissing).ifPresent(contenders::add);
        contenders.add(JavaPeer.dbScheduler(setup));
        contenders.add(JavaPeer.jobRunr(setup));
        return rounds(title, contenders, writing);
    }

    private void isMissing(String what) {
        System.out.println("!!! MISSING, since " + what);
        missing.add(what);
    }

    private boolean rounds(String title, List<Contender> contenders, boolean writing) throws Exception {
        var table = new Table("%s, %,d records, %d rounds".formatted(title, records, rounds));
        List<Contender> chosen = Choice.ofOptions().of(contenders);
        boolean exact = true;
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : chosen) {
                Drain drain = quietDrain(table, contender, writing);
                exact &= drain.exact();
                table.add(contender.name(), drain);
            }
        }
        table.print(RpaWorker.NAME, RpaWorker.NAME_WITH_RESULTS);
        missing.forEach(it -> System.out.println("!!! MISSING, since " + it));
        return exact;
    }

    // Noise is a reason to measure again. What was not exact stays so, however quiet the next time is.
    private Drain quietDrain(Table table, Contender contender, boolean writing)
            throws IOException, InterruptedException {
        Drain best = table.tell(contender.name(), contender.drain(server, records, writing));
        for (int again = 0; again < REPETITIONS && best.foreign() > noise; again++) {
            Drain next = table.tell(contender.name(), contender.drain(server, records, writing));
            best = best.quieter(next).andExactly(best.exact() && next.exact());
        }
        return best;
    }
}
