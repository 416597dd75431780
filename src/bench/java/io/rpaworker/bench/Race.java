package io.rpaworker.bench;

import io.rpaworker.bench.handler.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A full queue, and those who are about to work it off.
 *
 * @param records how many they will be
 * @param measured how many of them count for the steady rate and for CPU
 * @param go lets them begin
 * @param left how many records the database does not show as done
 */
record Race(Server server, List<Contestant> contestants, long records, long measured, Runnable go, LongSupplier left) {

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    Race(Server server, List<Contestant> contestants, long records, Runnable go, LongSupplier left) {
        this(server, contestants, records, records, go, left);
    }

    private record Sample(long micros, long handled) {}

    Drain run() throws InterruptedException {
        var patience = Patience.of(PATIENCE);
        // Of the same processes that may have handled others before.
        long before = handled();
        go.run();
        long wal;
        Cpu cpu;
        // What is kept is the last look before the first record: what was used before belongs to nobody's records.
        do {
            wal = server.walBytes();
            cpu = Cpu.soFar(server);
            patience.check("a first record");
            Thread.sleep(5);
        } while (handled() == before);
        long first = before == 0 ? firstMicros() : Progress.micros();
        var samples = new ArrayList<Sample>();
        patience.await("all records handled", Duration.ofMillis(10), () -> {
            samples.add(new Sample(Progress.micros(), handled() - before));
            return samples.getLast().handled >= measured;
        });
        cpu = Cpu.soFar(server).since(cpu);
        long counted = samples.getLast().handled;
        patience.await("the rest handled", Duration.ofMillis(10), () -> handled() - before >= records);
        patience.await("all records done", Duration.ofMillis(10), () -> left.getAsLong() == 0);
        long end = Progress.micros();
        wal = server.walBytes() - wal;
        return new Drain(
                records * 1e6 / (end - first),
                steady(samples),
                cpu.database() * 1e3 / counted,
                cpu.own() * 1e3 / counted,
                (double) wal / records,
                cpu.foreign(),
                Tally.of(contestants).isExactly(before + records));
    }

    private double steady(List<Sample> samples) {
        Sample from = reached(samples, measured * 0.3);
        Sample to = reached(samples, measured * 0.9);
        return to.micros == from.micros ? 0 : (to.handled - from.handled) * 1e6 / (to.micros - from.micros);
    }

    private static Sample reached(List<Sample> samples, double handled) {
        return samples.stream().filter(it -> it.handled >= handled).findFirst().orElse(samples.getLast());
    }

    private long handled() {
        return Contestant.handledBy(contestants);
    }

    private long firstMicros() {
        return contestants.stream().mapToLong(Contestant::firstMicros).min().orElseThrow();
    }
}
