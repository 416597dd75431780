package io.rpaworker.bench;

import io.rpaworker.bench.QueueTable.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Millions of records through one table while it is kept filled: whether anything gets slower or grows, with completed
 * records kept and with completed records purged. The producer shares the machine, so its work is in the rates.
 */
final class Soak {

    private static final Duration PAUSE = Duration.ofSeconds(20);
    private static final int WAITING = 100_000;

    private final Setup setup;
    private final Server server;
    private final int records = Options.number("soak-records");
    private final String storage = Options.text("storage");

    Soak(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    private record Sample(double perSecond, double p50, double p99, Size size) {}

    boolean run() throws Exception {
        boolean exact = true;
        for (String variant : Options.text("soak-variants").split(",", -1)) {
            exact &= switch (variant) {
                case "kept" -> measure("completed records kept");
                case "purged" ->
                    measure(
                            "completed records purged after 60 s",
                            "--rpa.maintenance.retention.completed=60s",
                            "--rpa.maintenance.purge-interval=5s");
                default -> throw new IllegalArgumentException("Neither kept nor purged: " + variant);
            };
        }
        return exact;
    }

    private boolean measure(String name, String... settings) throws Exception {
        JdbcClient db = server.create(Worker.DATABASE);
        var all = new ArrayList<>(List.of(ClaimTimes.SETTINGS));
        all.addAll(List.of(settings));
        List<Contestant> contestants = new Worker(setup, 1, "-Xmx1g", all).start(server, "orders");
        try (Contestant worker = contestants.getFirst()) {
            var table = new QueueTable(db);
            table.store(storage);
            var orders = new Orders(server.in(Worker.DATABASE), "orders");
            System.out.printf("%n### Soak, %,d records, %s, storage '%s'%n%n", records, name, storage);
            List<Sample> samples;
            try (var producer = new Producer(orders, worker::handled, WAITING, records)) {
                samples = samples(worker, producer, table);
            }
            orders.awaitDone(Duration.ofMinutes(5), worker::handled);
            summarize(samples, table);
            return Tally.of(contestants).isExactly(records);
        }
    }

    // As long as the queue is kept filled; what comes after that is not like what came before.
    private static List<Sample> samples(Contestant worker, Producer producer, QueueTable table)
            throws InterruptedException {
        var samples = new ArrayList<Sample>();
        Management management = Worker.management(0);
        long handled = 0;
        ClaimTimes claims = ClaimTimes.of(management);
        long began = System.nanoTime();
        do {
            Thread.sleep(PAUSE);
            worker.refuseDead();
            if (producer.isDone() && !samples.isEmpty()) {
                break;
            }
            long now = System.nanoTime();
            long handledNow = worker.handled();
            ClaimTimes claimsNow = ClaimTimes.of(management);
            ClaimTimes since = claimsNow.since(claims);
            if (handledNow == handled) {
                throw new IllegalStateException("Nothing has been handled for " + PAUSE);
            }
            samples.add(new Sample(
                    (handledNow - handled) * 1e9 / (now - began), since.millis(0.5), since.millis(0.99), table.size()));
            System.out.printf(
                    Locale.ROOT,
                    "  %,11d records, %,7.0f/s, claim p50 %.1f ms p99 %.1f ms, %s%n",
                    handledNow,
                    samples.getLast().perSecond,
                    samples.getLast().p50,
                    samples.getLast().p99,
                    samples.getLast().size.text());
            handled = handledNow;
            claims = claimsNow;
            began = now;
        } while (!producer.isDone());
        return samples;
    }

    private static void summarize(List<Sample> samples, QueueTable table) {
        int fifth = Math.max(1, samples.size() / 5);
        List<Sample> first = samples.subList(0, fifth);
        List<Sample> last = samples.subList(samples.size() - fifth, samples.size());
        System.out.printf(
                Locale.ROOT,
                "%nfirst fifth: %,.0f/s, claim p50 %.1f ms, p99 %.1f ms%nlast fifth: %,.0f/s, claim p50 %.1f ms, p99"
                        + " %.1f ms; rate ratio %.2f%n",
                median(first, Sample::perSecond),
                median(first, Sample::p50),
                median(first, Sample::p99),
                median(last, Sample::perSecond),
                median(last, Sample::p50),
                median(last, Sample::p99),
                median(last, Sample::perSecond) / median(first, Sample::perSecond));
        System.out.printf("before a vacuum: %s%n", table.size().text());
        table.vacuum();
        System.out.printf("after it: %s%n%s%n", table.size().text(), table.indexes());
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return Figures.median(samples.stream().mapToDouble(figure).toArray());
    }
}
