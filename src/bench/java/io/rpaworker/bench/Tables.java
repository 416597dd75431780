package io.rpaworker.bench;

import io.rpaworker.bench.handler.Progress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How fast records are worked off beside what a table may have gathered; the rate between 30 % and 90 % counts. */
final class Tables {

    private final Setup setup;
    private final Server server;
    private final int records = Integer.getInteger("bench.table-records", 300_000);
    private final int completed = Integer.getInteger("bench.completed", 10_000_000);
    private final int snapshotSeconds = Integer.getInteger("bench.snapshot-seconds", 150);

    Tables(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        var small = measure("small table", Beside.NOTHING);
        List<Measured> others = List.of(
                measure("1,000,000 waiting", Beside.WAITING),
                measure("1,000,000 not yet due", Beside.NOT_DUE),
                measure("a snapshot held for %d s".formatted(snapshotSeconds), Beside.SNAPSHOT),
                measure("%,d completed".formatted(completed), Beside.COMPLETED));
        System.out.printf("%n### Drain beside what is in the table, %,d records%n%n", records);
        System.out.println("| | records/s | of the small table's | CPU ms PostgreSQL | exactly once |");
        System.out.println("|---|---|---|---|---|");
        print(small, small);
        others.forEach(it -> print(it, small));
        return small.drain.exact() && others.stream().allMatch(it -> it.drain.exact());
    }

    private enum Beside {
        NOTHING,
        WAITING,
        NOT_DUE,
        SNAPSHOT,
        COMPLETED
    }

    private record Measured(String name, Drain drain) {}

    private static void print(Measured it, Measured small) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %.2f | %.4f | %s |%n",
                it.name,
                it.drain.steady(),
                it.drain.steady() / small.drain.steady(),
                it.drain.databaseMillis(),
                it.drain.exact() ? "yes" : "NO");
    }

    private Measured measure(String name, Beside beside) throws Exception {
        JdbcClient db = server.create("rpa");
        List<Contestant> contestants = new Worker(setup, 1).start(server, "orders");
        try (Connection snapshot = beside == Beside.SNAPSHOT ? holdSnapshot() : null) {
            int measured = records;
            double ahead = 5 + records / 40_000.0;
            switch (beside) {
                case NOTHING -> {}
                case SNAPSHOT -> underLoad(db, contestants.getFirst());
                // Of a million, all that is left is in the way of each claim.
                case WAITING -> {
                    measured = 1_000_000;
                    ahead = 40;
                }
                case NOT_DUE -> Worker.add(db, "orders", 1_000_000, 86_400);
                case COMPLETED -> {
                    complete(db);
                    ahead += completed / 400_000.0;
                }
            }
            long before = contestants.getFirst().handled();
            double due = Worker.add(db, "orders", measured, ahead);
            if (beside == Beside.NOT_DUE) {
                due = db.sql("select cast(extract(epoch from min(available_at)) as float8) from processing_queue"
                                + " where claimed_at is null")
                        .query(Double.class)
                        .single();
            }
            if (snapshot == null) {
                server.settle("rpa");
            }
            double begin = due;
            Drain drain = Drain.of(
                    server,
                    contestants,
                    before + measured,
                    () -> Worker.sleepUntil(begin - 0.05),
                    () -> Worker.left(db, "orders"));
            return new Measured(name, drain);
        } finally {
            contestants.getFirst().close();
        }
    }

    private @Nullable Connection holdSnapshot() throws Exception {
        Connection connection = DriverManager.getConnection(server.url("rpa"), "postgres", "");
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = connection.createStatement()) {
            statement.execute("select count(*) from processing_queue");
        }
        return connection;
    }

    // A thousand records a second, all of which stay in the index as long as the snapshot is held.
    private void underLoad(JdbcClient db, Contestant worker) throws InterruptedException {
        long end = Progress.micros() + snapshotSeconds * 1_000_000L;
        int added = 0;
        while (Progress.micros() < end) {
            Worker.add(db, "orders", 1_000, 0);
            added += 1_000;
            Thread.sleep(1_000);
        }
        while (worker.handled() < added) {
            Thread.sleep(50);
        }
    }

    private void complete(JdbcClient db) {
        db.sql("""
                insert into processing_queue
                    (flow_name, payload, status, claim_id, claimed_at, completed_at, available_at, created_at)
                select 'orders', %s, 'completed', '00000000-0000-0000-0000-000000000000',
                       now() - interval '1 hour', now() - interval '1 hour', now() - interval '2 hours',
                       now() - interval '2 hours'
                from generate_series(1, :completed) i
                """.formatted(Worker.PAYLOAD)).param("completed", completed).update();
    }
}
