package io.rpaworker.bench;

import io.rpaworker.bench.Contestant.Arrival;
import io.rpaworker.bench.handler.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** From the commit of an insert to the start of the handler, one record at a time, on a queue that is idle. */
final class Pickup {

    // A replica that waits has been running for a while.
    private static final int WARM_UP = 1_000;
    private static final int PAUSED_WARM_UP = 20;
    private static final String ADD_RECORD = "insert into processing_queue (flow_name, payload) select 'timed_orders', "
            + Orders.payload(Orders.NOTE) + " from (values (cast(? as bigint))) as one (i)";
    private static final String ADD_JOB = "select graphile_worker.add_job('order', cast(" + Orders.payload(Orders.NOTE)
            + " as json)) from (values (cast(? as bigint))) as one (i)";

    private final Setup setup;
    private final Server server;
    private final int records = Options.number("pickups");

    Pickup(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    /**
     * Who was measured.
     *
     * @param millis sorted; empty if that was not exactly once
     */
    private record Times(String name, double[] millis) {}

    boolean run() throws Exception {
        var all = new ArrayList<Times>();
        var missing = new ArrayList<String>();
        all.add(new Times("wake-up on", ofWorker()));
        Optional<GraphileWorker> peer = GraphileWorker.installed(setup, missing::add);
        if (peer.isPresent()) {
            all.add(new Times(
                    "graphile-worker", measure(peer.get().startWaiting(server), GraphileWorker.DATABASE, ADD_JOB)));
        }
        all.add(new Times("wake-up off, poll-interval 1 s", ofWorker("--rpa.worker.wake-up=false")));
        System.out.printf("%n### Pickup on an idle queue, %d single records, ms%n%n", records);
        System.out.println("| | p50 | p90 | p99 | most |");
        System.out.println("|---|---|---|---|---|");
        all.forEach(it -> print(it.name, it.millis));
        missing.forEach(it -> System.out.println("!!! MISSING, since " + it));
        return all.stream().allMatch(it -> it.millis.length == records);
    }

    private double[] ofWorker(String... settings) throws Exception {
        server.create(Worker.DATABASE);
        Contestant worker =
                new Worker(setup, 1, settings).start(server, "timed_orders").getFirst();
        return measure(worker, Worker.DATABASE, ADD_RECORD);
    }

    private double[] measure(Contestant contestant, String database, String add) throws Exception {
        try (contestant) {
            long[] committed = commits(database, add);
            Patience.of(Duration.ofMinutes(1))
                    .await(
                            "all records picked up",
                            Duration.ofMillis(50),
                            () -> contestant.arrivals().size() >= committed.length);
            // Time for one that would come twice.
            Thread.sleep(2_000);
            List<Arrival> arrivals = contestant.arrivals();
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

    private long[] commits(String database, String add) throws SQLException, InterruptedException {
        var committed = new long[WARM_UP + records];
        try (Connection connection = server.connect(database);
                PreparedStatement statement = connection.prepareStatement(add)) {
            for (int i = 0; i < committed.length; i++) {
                statement.setLong(1, i);
                statement.execute();
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
