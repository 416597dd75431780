package io.rpaworker.bench.handler;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the benchmark on the console how many records this process has handled and when it began with the first; and,
 * whenever nothing has come for a while, which ones they were and how often one came again.
 */
public final class Progress {

    private static final int TELLS_PER_SECOND = 20;

    private static final LongAdder HANDLED = new LongAdder();
    private static final LongAdder AGAIN = new LongAdder();
    private static final AtomicLong FIRST = new AtomicLong();
    private static final SeenIds SEEN = new SeenIds();

    private Progress() {}

    /** A record is handled now. */
    public static void handled(long id) {
        if (FIRST.get() == 0) {
            begin();
        }
        if (!SEEN.add(id)) {
            AGAIN.increment();
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
        int quiet = 0;
        while (!Thread.currentThread().isInterrupted()) {
            long handled = HANDLED.sum();
            quiet = handled == told ? quiet + 1 : 0;
            if (quiet == 0) {
                System.out.println("DONE " + handled + " " + FIRST.get());
                told = handled;
            }
            if (quiet == TELLS_PER_SECOND / 2) {
                System.out.println("SEEN " + handled + " " + AGAIN.sum() + " " + SEEN.encoded());
            }
            try {
                Thread.sleep(Duration.ofSeconds(1).dividedBy(TELLS_PER_SECOND));
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
