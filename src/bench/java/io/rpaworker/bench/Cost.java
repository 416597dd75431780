package io.rpaworker.bench;

import java.util.Locale;

/**
 * What so many records took.
 *
 * @param database seconds of CPU of PostgreSQL
 * @param worker seconds of CPU of the worker
 * @param source seconds of CPU of the system that records are found in
 * @param wal bytes
 * @param foreign share of the machine that went to others
 */
record Cost(long records, double seconds, double database, double worker, double source, long wal, double foreign) {

    /** Measures from its making on; the benchmark's own children but the worker are others. */
    static final class Meter {

        private final Server server;
        private final Server sources;
        private final Contestant contestant;
        private final Cost before;
        private final double machine;
        private final double self;

        Meter(Server server, Server sources, Contestant contestant) {
            this.server = server;
            this.sources = sources;
            this.contestant = contestant;
            this.before = now(0);
            this.machine = Processes.cpuOfMachine();
            this.self = self();
        }

        Cost of(long records) {
            Cost now = now(records);
            double seconds = now.seconds - before.seconds;
            double database = now.database - before.database;
            double worker = now.worker - before.worker;
            double source = now.source - before.source;
            double others = Processes.cpuOfMachine() - machine - (self() - self) - database - worker - source;
            double all = seconds * Runtime.getRuntime().availableProcessors();
            return new Cost(
                    records, seconds, database, worker, source, now.wal - before.wal, Math.max(0, others) / all);
        }

        private Cost now(long records) {
            return new Cost(
                    records,
                    System.nanoTime() / 1e9,
                    server.cpuSeconds(),
                    contestant.cpuSeconds(),
                    sources.cpuSeconds(),
                    server.walBytes(),
                    0);
        }

        private static double self() {
            return Processes.cpu(ProcessHandle.current().pid());
        }
    }

    double databaseMillis() {
        return database * 1e3 / records;
    }

    double workerMillis() {
        return worker * 1e3 / records;
    }

    double walBytes() {
        return (double) wal / records;
    }

    /** One after the other. */
    Cost and(Cost other) {
        return new Cost(
                records,
                seconds + other.seconds,
                database + other.database,
                worker + other.worker,
                source + other.source,
                wal + other.wal,
                Math.max(foreign, other.foreign));
    }

    /** A row of Markdown. */
    String row(String name, Cost beside) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,.0f | %.4f + %.4f + %.4f | %.2f | %,.0f | %.2f | %.0f %% |",
                name,
                records,
                records / seconds,
                databaseMillis(),
                workerMillis(),
                source * 1e3 / records,
                (databaseMillis() + workerMillis()) / (beside.databaseMillis() + beside.workerMillis()),
                walBytes(),
                walBytes() / beside.walBytes(),
                100 * foreign);
    }
}
