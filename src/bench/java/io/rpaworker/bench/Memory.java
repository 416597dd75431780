package io.rpaworker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How much memory a worker holds while it works for long: with large payloads, and with many small ones. */
final class Memory {

    private static final Duration PAUSE = Duration.ofSeconds(10);

    // Of 1 MiB; PostgreSQL keeps them compressed, so that the disk is not what is measured.
    private static final String LARGE = "repeat('0123456789abcdef', 65536)";

    private final Setup setup;
    private final Server server;
    private final String memory = Options.text("memory");
    private final int seconds = Options.number("soak-seconds");

    Memory(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        boolean large = measure("payloads of 1 MiB", LARGE, 64);
        boolean small = measure("small payloads at full speed", Orders.NOTE, 50_000);
        return large && small;
    }

    private boolean measure(String name, String note, int waiting) throws Exception {
        server.create(Worker.DATABASE);
        // What is done goes soon, or the disk would fill up.
        List<String> settings =
                List.of("--rpa.maintenance.retention.completed=30s", "--rpa.maintenance.purge-interval=5s");
        List<Contestant> contestants = new Worker(setup, 1, memory, settings).start(server, "orders");
        try (Contestant worker = contestants.getFirst()) {
            var orders = new Orders(server.in(Worker.DATABASE), "orders", Orders.payload(note));
            var megabytes = new ArrayList<Double>();
            long began = System.nanoTime();
            try (var producer = new Producer(orders, worker::handled, waiting, Long.MAX_VALUE)) {
                for (long sample = 1; sample * PAUSE.toSeconds() <= seconds; sample++) {
                    Thread.sleep(PAUSE);
                    worker.refuseDead();
                    producer.isDone();
                    megabytes.add(worker.residentMegabytes());
                    System.out.printf(
                            Locale.ROOT,
                            "  %s: after %d s %.0f MB, %,d records%n",
                            name,
                            sample * PAUSE.toSeconds(),
                            megabytes.getLast(),
                            worker.handled());
                }
            }
            double perSecond = worker.handled() * 1e9 / (System.nanoTime() - began);
            orders.awaitDone(Duration.ofMinutes(5), worker::handled);
            print(name, megabytes, perSecond);
            return Tally.of(contestants).isExactly(orders.added());
        }
    }

    private void print(String name, List<Double> megabytes, double perSecond) {
        // The heap grows at first, as it may; what counts is whether it goes on.
        double[] secondHalf = megabytes.subList(megabytes.size() / 2, megabytes.size()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        System.out.printf("%n### Memory, %s, %s, %d s%n%n", name, memory, seconds);
        System.out.printf(
                Locale.ROOT,
                "resident MB: first %.0f, last %.0f, most %.0f, in the second half %+.2f a minute; %,.0f records/s%n%n",
                megabytes.getFirst(),
                megabytes.getLast(),
                megabytes.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                Figures.slope(secondHalf) * 60 / PAUSE.toSeconds(),
                perSecond);
    }
}
