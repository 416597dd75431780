package io.rpaworker.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.util.StringUtils;

/**
 * Runs what {@code -Dbench.suites} names, on one PostgreSQL, contender after contender and round after round, so that a
 * noisy machine is noisy for all of them.
 */
public final class Bench {

    private static final String SUITES = "drain,write,processes,tables,pickup,enqueue,idle";

    private final Setup setup;
    private final Server server;
    private final int records = Integer.getInteger("bench.records", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);

    private Bench(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    public static void main(String[] arguments) throws Exception {
        Setup setup = Setup.ofThisProcess();
        Set<String> suites = StringUtils.commaDelimitedListToSet(System.getProperty("bench.suites", SUITES));
        boolean exact = true;
        try (Server server = Server.start()) {
            var bench = new Bench(setup, server);
            for (String suite : suites) {
                exact &= switch (suite) {
                    case "drain" -> bench.drain("Drain of no-op records", false);
                    case "write" -> bench.drain("Drain with one row written for each record", true);
                    case "processes" -> bench.processes();
                    case "tables" -> new Tables(setup, server).run();
                    case "pickup" -> new Pickup(setup, server).run();
                    case "enqueue" -> new Enqueue(server).run();
                    case "idle" -> new Idle(setup, server).run();
                    default -> throw new IllegalArgumentException("There is no suite " + suite + ", only " + SUITES);
                };
            }
        }
        if (!exact) {
            System.out.println("Some records were not handled exactly once");
            System.exit(1);
        }
    }

    private boolean drain(String title, boolean writing) throws Exception {
        var contenders = new ArrayList<Contender>();
        Setup.program("pgbench").ifPresent(it -> contenders.add(new Pgbench(setup, it)));
        contenders.add(new Worker(setup, 1));
        var npm = Setup.program("npm");
        if (npm.isPresent()) {
            contenders.add(GraphileWorker.install(setup, npm.get()));
        }
        contenders.add(JavaPeer.dbScheduler(setup));
        contenders.add(JavaPeer.jobRunr(setup));
        return rounds(title, contenders, writing);
    }

    private boolean processes() throws Exception {
        return rounds(
                "Drain by several processes",
                List.of(new Worker(setup, 1), new Worker(setup, 2), new Worker(setup, 4)),
                false);
    }

    private boolean rounds(String title, List<Contender> contenders, boolean writing) throws Exception {
        var table = new Table("%s, %,d records, %d rounds".formatted(title, records, rounds));
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : contenders) {
                table.add(contender.name(), contender.drain(server, records, writing));
            }
        }
        table.print("rpa-worker");
        return table.isExact();
    }
}
