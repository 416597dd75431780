package io.rpaworker.bench;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How fast records are worked off beside what a table may have gathered; the rate between 30 % and 90 % counts. Each
 * time the same number of records is measured, in a process that has warmed up.
 */
final class Tables {

    private static final int WARM_UP = 50_000;
    private final Setup setup;
    private final Server server;
    private final int rounds = Options.number("table-rounds");
    private final int records = Options.number("table-records");
    private final int waiting = Options.number("waiting");
    private final int completed = Options.number("completed");
    private final int snapshotSeconds = Options.number("snapshot-seconds");

    Tables(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    private enum Beside {
        NOTHING,
        WAITING,
        NOT_DUE,
        SNAPSHOT,
        COMPLETED
    }

    boolean run() throws Exception {
        Map<Beside, List<Drain>> drains = new EnumMap<>(Beside.class);
        for (int round = 0; round < rounds; round++) {
            for (Beside beside : Beside.values()) {
                drains.computeIfAbsent(beside, it -> new ArrayList<>()).add(measure(beside));
            }
        }
        System.out.printf(
                "%n### Drain beside what is in the table, %,d records, medians of %d rounds%n%n", records, rounds);
        System.out.println(
                "| | records/s [range] | of the small table's | CPU ms PostgreSQL | others | exactly once |");
        System.out.println("|---|---|---|---|---|---|");
        double small = Table.median(drains.getOrDefault(Beside.NOTHING, List.of()), Drain::steady);
        drains.forEach((beside, all) -> print(name(beside), all, small));
        return drains.values().stream().flatMap(List::stream).allMatch(Drain::exact);
    }

    private static void print(String name, List<Drain> drains, double small) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f [%,.0f..%,.0f] | %.2f | %.4f | %.0f %% | %s |%n",
                name,
                Table.median(drains, Drain::steady),
                drains.stream().mapToDouble(Drain::steady).min().orElse(0),
                drains.stream().mapToDouble(Drain::steady).max().orElse(0),
                Table.median(drains, Drain::steady) / small,
                Table.median(drains, Drain::databaseMillis),
                100 * Table.median(drains, Drain::foreign),
                drains.stream().allMatch(Drain::exact) ? "yes" : "NO");
    }

    private String name(Beside beside) {
        return switch (beside) {
            case NOTHING -> "small table";
            case WAITING -> "%,d waiting".formatted(waiting);
            case NOT_DUE -> "%,d not yet due".formatted(waiting);
            case SNAPSHOT -> "a snapshot held for %d s".formatted(snapshotSeconds);
            case COMPLETED -> "%,d completed".formatted(completed);
        };
    }

    private Drain measure(Beside beside) throws Exception {
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, 1).start(server, "orders");
        var orders = new Orders(db, "orders");
        try (Contestant worker = contestants.getFirst()) {
            work(orders, worker, WARM_UP);
            try (Connection snapshot = beside == Beside.SNAPSHOT ? holdSnapshot() : null) {
                prepare(beside, db, orders, worker);
                // Of a million that wait, all that are left are in the way of each claim.
                int all = beside == Beside.WAITING ? Math.max(waiting, records) : records;
                double due = orders.fill(server, all, ahead(all, beside));
                var drain =
                        new Race(server, contestants, all, records, () -> Orders.sleepUntil(due), orders::left).run();
                System.out.printf(
                        Locale.ROOT,
                        "  %s: steady %,.0f/s, CPU ms PostgreSQL %.4f, others %.0f %%%s%n",
                        name(beside),
                        drain.steady(),
                        drain.databaseMillis(),
                        100 * drain.foreign(),
                        snapshot == null ? "" : ", snapshot still held");
                return drain;
            }
        }
    }

    private void prepare(Beside beside, JdbcClient db, Orders orders, Contestant worker) throws InterruptedException {
        switch (beside) {
            case NOTHING, WAITING -> {}
            case NOT_DUE -> new Orders(db, "orders").addNotDue(waiting);
            case SNAPSHOT -> underLoad(orders, worker);
            case COMPLETED -> {
                complete(db);
                // The large vacuum and the large checkpoint, so that those after filling are short.
                server.settle(db);
            }
        }
    }

    private Duration ahead(int all, Beside beside) {
        int seconds = 10 + all / 20_000;
        return Duration.ofSeconds(beside == Beside.COMPLETED ? seconds + completed / 100_000 : seconds);
    }

    private static void work(Orders orders, Contestant worker, int records) throws InterruptedException {
        orders.add(records);
        orders.awaitDone(Duration.ofMinutes(5), worker::handled);
    }

    private @Nullable Connection holdSnapshot() throws Exception {
        Connection connection = server.connect(Worker.DATABASE);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.createStatement()) {
            statement.execute("select count(*) from processing_queue");
        }
        return connection;
    }

    // A thousand records a second, all of which stay in the index as long as the snapshot is held.
    private void underLoad(Orders orders, Contestant worker) throws InterruptedException {
        for (int second = 0; second < snapshotSeconds; second++) {
            orders.add(1_000);
            Thread.sleep(1_000);
        }
        work(orders, worker, 0);
    }

    private void complete(JdbcClient db) {
        db.sql("""
                insert into processing_queue
                    (flow_name, payload, status, claim_id, claimed_at, completed_at, available_at, created_at)
                select 'orders', %s, 'completed', '00000000-0000-0000-0000-000000000000',
                       now() - interval '1 hour', now() - interval '1 hour', now() - interval '2 hours',
                       now() - interval '2 hours'
                from generate_series(1, :completed) i
                """.formatted(Orders.payload(Orders.NOTE)))
                .param("completed", completed)
                .update();
    }
}
