package io.rpaworker.bench;

import io.rpaworker.bench.Contestant.Arrival;
import io.rpaworker.bench.handler.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** From the commit of an insert to the start of the handler, one record at a time, on a queue that is idle. */
final class Pickup {

    // A replica that waits has been running for a while.
    private static final int WARM_UP = 1_000;
    private static final int PAUSED_WARM_UP = 20;
    private static final String INSERT = "insert into processing_queue (flow_name, payload) select 'timed_orders', "
            + Orders.payload(Orders.NOTE) + " from (values (cast(? as bigint))) as one (i)";

    private final Setup setup;
    private final Server server;
    private final int records = Options.number("pickups");

    Pickup(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        double[] on = measure();
        double[] off = measure("--rpa.worker.wake-up=false");
        System.out.printf("%n### Pickup on an idle queue, %d single records, ms%n%n", records);
        System.out.println("| | p50 | p90 | p99 | most |");
        System.out.println("|---|---|---|---|---|");
        print("wake-up on", on);
        print("wake-up off, poll-interval 1 s", off);
        return on.length == records && off.length == records;
    }

    private double[] measure(String... settings) throws Exception {
        server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, 1, settings).start(server, "timed_orders");
        try (Contestant worker = contestants.getFirst()) {
            long[] committed = commits();
            Patience.of(Duration.ofMinutes(1))
                    .await(
                            "all records picked up",
                            Duration.ofMillis(50),
                            () -> worker.arrivals().size() >= committed.length);
            // Time for one that would come twice.
            Thread.sleep(2_000);
            List<Arrival> arrivals = worker.arrivals();
            var ids = arrivals.stream().map(Arrival::id).collect(Collectors.toSet());
            if (arrivals.size() != committed.length || ids.size() != committed.length) {
                System.out.printf(
                        "!!! %d records were handled %d times, %d of them never%n",
                        committed.length, arrivals.size(), committed.length - ids.size());
                return new double[0];
            }
            return arrivals.stream()
                    .filter(it -> it.id() >= WARM_UP)
                    .mapToDouble(it -> (it.micros() - committed[(int) it.id()]) / 1e3)
                    .sorted()
                    .toArray();
        }
    }

    private long[] commits() throws SQLException, InterruptedException {
        var committed = new long[WARM_UP + records];
        try (Connection connection = server.connect(Worker.DATABASE);
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < committed.length; i++) {
                insert.setLong(1, i);
                insert.executeUpdate();
                committed[i] = Progress.micros();
                boolean paused = i >= WARM_UP - PAUSED_WARM_UP;
                Thread.sleep(paused ? ThreadLocalRandom.current().nextLong(50, 150) : 15);
            }
        }
        return committed;
    }

    private static void print(String name, double[] millis) {
        if (millis.length == 0) {
            System.out.printf("| %s | not exactly once | | | |%n", name);
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                millis[millis.length / 2],
                millis[millis.length * 9 / 10],
                millis[millis.length * 99 / 100],
                millis[millis.length - 1]);
    }
}
