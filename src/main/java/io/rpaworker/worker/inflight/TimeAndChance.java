package io.rpaworker.worker.inflight;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a flow's stages take from outside and do not decide themselves, so that a test can.
 *
 * @param nanoTime monotonic, as {@link System#nanoTime}
 * @param ids names for claims, which never repeat
 * @param random spreads what should not happen at once; used by the calling thread only
 */
public record TimeAndChance(LongSupplier nanoTime, Supplier<UUID> ids, Supplier<? extends RandomGenerator> random) {

    /** As it is. */
    public static final TimeAndChance REAL =
            new TimeAndChance(System::nanoTime, UUID::randomUUID, ThreadLocalRandom::current);

    /** The monotonic clock. */
    public long nanos() {
        return nanoTime.getAsLong();
    }
}
