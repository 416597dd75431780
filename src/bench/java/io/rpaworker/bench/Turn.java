package io.rpaworker.bench;

import io.rpaworker.bench.ClaimSizes.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How a replica's claims follow the work: quick records, slow ones, and quick ones again, in a queue that is full. */
final class Turn {

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int WAITING = 10_000;
    private static final String FLOW = "turning";

    private final Setup setup;
    private final Server server;
    private final int quick = Options.number("turn-quick");
    private final int slow = Options.number("turn-slow");

    Turn(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    /**
     * A moment.
     *
     * @param claims since the moment before
     * @param held records that are claimed and not settled
     * @param running calls of the handler
     */
    private record Sample(double seconds, Sizes claims, long held, long running, long done) {}

    boolean run() throws Exception {
        int records = 2 * quick + slow;
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, 1).start(server, FLOW);
        try (Contestant worker = contestants.getFirst()) {
            var claims = new ClaimSizes(db);
            var orders = new Orders(server.in(Worker.DATABASE), FLOW, payload());
            var samples = new ArrayList<Sample>();
            var patience = Patience.of(PATIENCE);
            try (var producer = new Producer(orders, worker::handled, WAITING, records)) {
                long began = System.nanoTime();
                while (!producer.isDone() || worker.handled() < records) {
                    Thread.sleep(PAUSE);
                    patience.check("all records handled");
                    worker.refuseDead();
                    samples.add(new Sample(
                            (System.nanoTime() - began) / 1e9,
                            claims.sinceLast(),
                            orders.held(db),
                            Worker.management(0).busySlots(FLOW),
                            worker.handled()));
                }
            }
            orders.awaitDone(PATIENCE, worker::handled);
            print(samples);
            return Tally.of(contestants).isExactly(records);
        }
    }

    private String payload() {
        return "jsonb_build_object('id', i, 'millis', case when i > %d and i <= %d then 2000 else 1 end)"
                .formatted(quick, quick + slow);
    }

    private void print(List<Sample> samples) {
        System.out.printf(
                "%n### Claims in a queue that is full, %,d records of 1 ms, %,d of 2 s, %,d of 1 ms%n%n",
                quick, slow, quick);
        System.out.println("| s | records of | claims | mean size | largest | held | running | done |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        samples.forEach(it -> System.out.printf(
                Locale.ROOT,
                "| %.2f | %s | %d | %.0f | %d | %d | %d | %,d |%n",
                it.seconds,
                it.done >= quick && it.done < quick + slow ? "2 s" : "1 ms",
                it.claims.claims(),
                it.claims.mean(),
                it.claims.largest(),
                it.held,
                it.running,
                it.done));
        System.out.println();
    }
}
