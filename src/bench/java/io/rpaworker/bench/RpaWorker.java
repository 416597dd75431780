package io.rpaworker.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * This worker as one of those that work off a queue.
 *
 * @param billing whether each record keeps a result
 */
record RpaWorker(String name, Worker worker, boolean billing) implements Contender {

    static final String NAME = "rpa-worker";
    static final String NAME_WITH_RESULTS = NAME + ", results";

    /** So many processes with their defaults. */
    static RpaWorker of(Setup setup, int processes) {
        return new RpaWorker(processes == 1 ? NAME : several(processes), new Worker(setup, processes), false);
    }

    /** Likewise, and results are kept. */
    static RpaWorker withResults(Setup setup, int processes) {
        return new RpaWorker(
                processes == 1 ? NAME_WITH_RESULTS : several(processes) + ", results",
                new Worker(setup, processes),
                true);
    }

    /** One process with the settings that do best here. */
    static RpaWorker tuned(Setup setup) {
        var worker = new Worker(setup, 1, Options.words("tuned").toArray(String[]::new));
        return new RpaWorker(NAME + ", tuned", worker, false);
    }

    /** One process as somebody starts it who has only the jar. */
    static RpaWorker ofJar(Setup setup) {
        return new RpaWorker(NAME + ", java -jar", Worker.ofJar(setup), false);
    }

    private static String several(int processes) {
        return "%s, %d processes".formatted(NAME, processes);
    }

    @Override
    public Drain drain(Server server, int records, boolean writing) throws IOException, InterruptedException {
        String flow = (writing ? "written_" : "") + (billing ? "billed_orders" : "orders");
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = worker.start(server, flow);
        try {
            Written.createTable(db);
            var orders = new Orders(db, flow);
            double due = orders.fill(server, records, Duration.ofSeconds(6 + records / 30_000));
            var race = new Race(server, contestants, records, () -> Orders.sleepUntil(due), orders::left);
            return race.run()
                    .andExactly(!writing || Written.once(db, records))
                    .andExactly(!billing || Bills.ofAll(db, flow, records));
        } finally {
            Worker.close(contestants);
        }
    }
}
