package io.rpaworker.bench.handler;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Tells the benchmark on the console how many records this process has handled and when it began with the first. */
public final class Progress {

    private static final LongAdder HANDLED = new LongAdder();
    private static final AtomicLong FIRST = new AtomicLong();

    private Progress() {}

    /** A record is handled now. */
    public static void handled() {
        if (FIRST.get() == 0) {
            begin();
        }
        HANDLED.increment();
    }

    /** A record whose way is timed is handled now. */
    public static void arrived(long id) {
        System.out.println("AT " + id + " " + micros());
    }

    /** Microseconds since 1970: the same clock in every process of a machine. */
    public static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private static void begin() {
        if (FIRST.compareAndSet(0, micros())) {
            Thread.ofPlatform().daemon().name("bench-progress").start(Progress::tell);
        }
    }

    private static void tell() {
        long told = -1;
        while (!Thread.currentThread().isInterrupted()) {
            long handled = HANDLED.sum();
            if (handled != told) {
                System.out.println("DONE " + handled + " " + FIRST.get());
                told = handled;
            }
            try {
                Thread.sleep(Duration.ofMillis(50));
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
