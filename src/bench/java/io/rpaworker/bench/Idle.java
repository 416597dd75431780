package io.rpaworker.bench;

import java.util.List;
import java.util.Locale;

/** What many replicas cost that have nothing to do. */
final class Idle {

    private static final int REPLICAS = Options.number("replicas");
    private static final int SECONDS = 60;

    // What an idle replica asks now and then is asked five times before the driver has the server prepare it.
    private static final int SETTLING_SECONDS = 150;

    private final Setup setup;
    private final Server server;

    Idle(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, REPLICAS)
                .start(server, "orders", "written_orders", "timed_orders", "idle_1", "idle_2");
        try {
            Thread.sleep(SETTLING_SECONDS * 1_000L);
            double cpu = server.cpuSeconds();
            double own =
                    contestants.stream().mapToDouble(Contestant::cpuSeconds).sum();
            long transactions = server.transactions(Worker.DATABASE);
            long began = System.nanoTime();
            Thread.sleep(SECONDS * 1_000L);
            double seconds = (System.nanoTime() - began) / 1e9;
            cpu = (server.cpuSeconds() - cpu) / seconds;
            own = (contestants.stream().mapToDouble(Contestant::cpuSeconds).sum() - own) / seconds / REPLICAS;
            double statements = (server.transactions(Worker.DATABASE) - transactions) / seconds / REPLICAS;
            double memory = contestants.stream()
                    .mapToDouble(Contestant::residentMegabytes)
                    .average()
                    .orElse(0);
            System.out.printf("%n### %d idle replicas of five flows, %d s%n%n", REPLICAS, SECONDS);
            System.out.printf(
                    Locale.ROOT,
                    "PostgreSQL: %.1f %% of one core; transactions: %.1f/s for each replica; each replica: %.1f %% of one"
                            + " core, %.0f MB resident%n",
                    100 * cpu,
                    statements,
                    100 * own,
                    memory);
            return true;
        } finally {
            Worker.close(contestants);
        }
    }
}
