package io.rpaworker.bench;

import io.rpaworker.bench.handler.Progress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.jdbc.core.simple.JdbcClient;

/** From the commit of an insert to the start of the handler, one record at a time, on a queue that is idle. */
final class Pickup {

    private static final int RECORDS = 200;
    private static final int WARM_UP = 200;

    private final Setup setup;
    private final Server server;

    Pickup(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        double[] on = measure();
        double[] off = measure("--rpa.worker.wake-up=false");
        System.out.printf("%n### Pickup on an idle queue, %d single records, ms%n%n", RECORDS);
        System.out.println("| | p50 | p90 | p99 | most |");
        System.out.println("|---|---|---|---|---|");
        print("wake-up on", on);
        print("wake-up off, poll-interval 1 s", off);
        return true;
    }

    private double[] measure(String... settings) throws Exception {
        JdbcClient db = server.create("rpa");
        List<Contestant> contestants = new Worker(setup, 1, settings).start(server, "timed_orders");
        try (Contestant worker = contestants.getFirst()) {
            Map<Long, Long> committed = new HashMap<>();
            for (long i = 0; i < WARM_UP + RECORDS; i++) {
                db.sql("insert into processing_queue (flow_name, payload) select 'timed_orders', "
                                + Worker.PAYLOAD
                                + " from generate_series(:i, :i) i")
                        .param("i", i)
                        .update();
                committed.put(i, Progress.micros());
                Thread.sleep(ThreadLocalRandom.current().nextLong(50, 150));
            }
            while (worker.arrivals().size() < WARM_UP + RECORDS) {
                Thread.sleep(50);
            }
            return worker.arrivals().entrySet().stream()
                    .filter(it -> it.getKey() >= WARM_UP)
                    .mapToDouble(it -> (it.getValue() - committed.getOrDefault(it.getKey(), 0L)) / 1e3)
                    .sorted()
                    .toArray();
        }
    }

    private static void print(String name, double[] millis) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                millis[millis.length / 2],
                millis[millis.length * 9 / 10],
                millis[millis.length * 99 / 100],
                Arrays.stream(millis).max().orElse(0));
    }
}
