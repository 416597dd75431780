package io.rpaworker.bench;

import io.rpaworker.bench.handler.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What it took to work off a full queue, from the start of the first record to the moment the database shows the last
 * one done: the start of the processes is out, the warming up of their code is in.
 *
 * @param perSecond records
 * @param steady records per second between 30 % and 90 %
 * @param databaseMillis CPU of PostgreSQL for one record
 * @param ownMillis CPU of the contestants for one record
 * @param walBytes of one record
 * @param foreign share of the machine that went to others meanwhile
 * @param exact whether each record was handled once, and each row written once
 */
record Drain(
        double perSecond,
        double steady,
        double databaseMillis,
        double ownMillis,
        double walBytes,
        double foreign,
        boolean exact) {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private record Sample(long micros, long handled) {}

    /**
     * Measures.
     *
     * @param go lets them begin
     * @param left how many records the database does not show as done
     */
    static Drain of(Server server, List<Contestant> contestants, long records, Runnable go, LongSupplier left)
            throws InterruptedException {
        long wal = server.walBytes();
        double database = server.cpuSeconds();
        double own = cpu(contestants);
        double machine = Processes.cpuOfMachine();
        double self = Processes.cpu(ProcessHandle.current().pid());
        long began = System.nanoTime();
        go.run();
        var samples = new ArrayList<Sample>();
        while (handled(contestants) < records) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException("Handled only %d of %d".formatted(handled(contestants), records));
            }
            samples.add(new Sample(Progress.micros(), handled(contestants)));
            Thread.sleep(20);
        }
        while (left.getAsLong() > 0) {
            Thread.sleep(10);
        }
        long end = Progress.micros();
        double seconds = (System.nanoTime() - began) / 1e9;
        database = server.cpuSeconds() - database;
        own = cpu(contestants) - own;
        machine = Processes.cpuOfMachine() - machine;
        self = Processes.cpu(ProcessHandle.current().pid()) - self;
        // Statistics of the log are written with some delay.
        Thread.sleep(1_200);
        wal = server.walBytes() - wal;
        long first =
                contestants.stream().mapToLong(Contestant::firstMicros).min().orElseThrow();
        return new Drain(
                records * 1e6 / (end - first),
                steady(samples, records),
                database * 1e3 / records,
                own * 1e3 / records,
                (double) wal / records,
                Math.max(0, machine - database - own - self)
                        / (seconds * Runtime.getRuntime().availableProcessors()),
                handled(contestants) == records);
    }

    Drain andExactly(boolean alsoExact) {
        return new Drain(perSecond, steady, databaseMillis, ownMillis, walBytes, foreign, exact && alsoExact);
    }

    private static double steady(List<Sample> samples, long records) {
        Sample from = reached(samples, records * 0.3);
        Sample to = reached(samples, records * 0.9);
        return to.micros == from.micros ? 0 : (to.handled - from.handled) * 1e6 / (to.micros - from.micros);
    }

    private static Sample reached(List<Sample> samples, double handled) {
        return samples.stream().filter(it -> it.handled >= handled).findFirst().orElse(samples.getLast());
    }

    private static long handled(List<Contestant> contestants) {
        return contestants.stream().mapToLong(Contestant::handled).sum();
    }

    private static double cpu(List<Contestant> contestants) {
        return contestants.stream().mapToDouble(Contestant::cpuSeconds).sum();
    }
}
