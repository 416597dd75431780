package io.rpaworker.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.util.StringUtils;

/** Who works off a full queue how fast. */
final class Drains {

    private static final int REPETITIONS = 2;

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
    boolean besideOthers(String title, boolean writing) throws Exception {
        var contenders = new ArrayList<Contender>();
        Setup.program("pgbench")
                .ifPresentOrElse(
                        it -> contenders.add(new Pgbench(setup, it)),
                        () -> isMissing("pgbench is not installed: the raw figure that all others are held against"));
        contenders.add(new Worker(setup, 1));
        GraphileWorker.installed(setup, this::isMissing).ifPresent(contenders::add);
        contenders.add(JavaPeer.dbScheduler(setup));
        contenders.add(JavaPeer.jobRunr(setup));
        return rounds(title, contenders, writing);
    }

    /** One, two and four processes of this worker. */
    boolean byProcesses() throws Exception {
        return rounds(
                "Drain by several processes",
                List.of(new Worker(setup, 1), new Worker(setup, 2), new Worker(setup, 4)),
                false);
    }

    private void isMissing(String what) {
        System.out.println("!!! MISSING, since " + what);
        missing.add(what);
    }

    private boolean rounds(String title, List<Contender> contenders, boolean writing) throws Exception {
        var table = new Table("%s, %,d records, %d rounds".formatted(title, records, rounds));
        boolean exact = true;
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : chosen(contenders)) {
                Drain drain = quietDrain(table, contender, writing);
                exact &= drain.exact();
                table.add(contender.name(), drain);
            }
        }
        table.print("rpa-worker");
        missing.forEach(it -> System.out.println("!!! MISSING, since " + it));
        return exact;
    }

    // Suites have different ones, so that a name may be nobody's in one of them; but somebody must be left.
    private static List<Contender> chosen(List<Contender> contenders) {
        Set<String> names = StringUtils.commaDelimitedListToSet(Options.text("contenders"));
        List<Contender> chosen = contenders.stream()
                .filter(it ->
                        names.isEmpty() || names.stream().anyMatch(it.name().toLowerCase(Locale.ROOT)::startsWith))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("-Dbench.contenders=%s names none of %s"
                    .formatted(names, contenders.stream().map(Contender::name).toList()));
        }
        return chosen;
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
