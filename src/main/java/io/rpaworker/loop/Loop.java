package io.rpaworker.loop;

import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread of the worker's own that comes round, one {@link Step} after the other, until it is ended. It
 * outlives every failure, and every interrupt that is not meant to stop it. It knows when it is to come round next, by
 * the monotonic clock, so that others can tell whether it does.
 */
public final class Loop {

    private static final ScopedValue<Loop> CURRENT = ScopedValue.newInstance();

    private final Role role;
    private final Step step;
    private final LongSupplier nanoTime;
    private final FailureStreak rounds;
    private final Semaphore hurried = new Semaphore(0);
    private volatile @Nullable Thread thread;
    private volatile boolean ended;
    private volatile boolean excused;
    private volatile boolean waiting;
    private volatile boolean resting;
    private volatile long roundNanos;
    private volatile long dueNanos;
    private volatile boolean lent;
    private volatile long lentNanos;

    Loop(Role role, Step step, LongSupplier nanoTime) {
        this.role = role;
        this.step = step;
        this.nanoTime = nanoTime;
        this.rounds = new FailureStreak(role.rounds(), "are tried again", role.quiet());
        this.roundNanos = nanoTime.getAsLong();
    }

    /** Begins, on a new thread, also after it was ended. */
    public void start() {
        hurried.drainPermits();
        ended = false;
        excused = false;
        comesRoundWithin(Duration.ZERO);
        Thread begun = Thread.ofPlatform()
                .daemon()
                .name("rpa-" + role.name())
                .unstarted(() -> ScopedValue.where(CURRENT, this).run(this::comeRoundUntilEnded));
        thread = begun;
        begun.start();
    }

    private void comeRoundUntilEnded() {
        // One that was stopped, and still is at its last round when the next begins, is not to go on beside it.
        while (!ended && Thread.currentThread().equals(thread)) {
            try {
                rest(comeRound());
            } catch (InterruptedException e) {
                // Whoever is to stop this has said so; any other interrupt is what code that is not ours has left.
            }
        }
    }

    private Duration comeRound() throws InterruptedException {
        comesRoundWithin(Duration.ZERO);
        try {
            Duration rest = step.comeRound();
            rounds.succeeded();
            return rest;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            if (!ended) {
                rounds.failed(e);
            }
            return role.restAfterFailure();
        }
    }

    private void rest(Duration length) throws InterruptedException {
        if (length.isPositive()) {
            comesRoundWithin(length);
            resting = true;
            try {
                if (!ended && hurried.tryAcquire(length.toNanos(), TimeUnit.NANOSECONDS)) {
                    hurried.drainPermits();
                }
            } finally {
                resting = false;
            }
        }
    }

    private void comesRoundWithin(Duration time) {
        long now = nanoTime.getAsLong();
        roundNanos = now;
        dueNanos = now + time.toNanos();
        waiting = false;
    }

    /** The current thread's loop comes round, and is to do so again within {@code time}. */
    public static void comesRound(Duration time) {
        if (CURRENT.isBound()) {
            CURRENT.get().comesRoundWithin(time);
        }
    }

    /** The current thread's loop waits for something to do, which may take any time. */
    public static void waits() {
        if (CURRENT.isBound()) {
            CURRENT.get().waiting = true;
        }
    }

    /** The current thread's loop runs code that is not the worker's from now on, or does so no longer. */
    public static void lend(boolean lent) {
        if (CURRENT.isBound()) {
            Loop loop = CURRENT.get();
            loop.lentNanos = loop.nanoTime.getAsLong();
            loop.lent = lent;
        }
    }

    /** Ends its rest; the next one if it does not rest, since the round may have come too early. */
    public void hurry() {
        if (hurried.availablePermits() == 0) {
            hurried.release();
        }
    }

    /** Whether it rests, so that {@link #hurry} makes it come round at once. */
    public boolean isResting() {
        return resting;
    }

    /** From now on neither that it comes late nor that it has died is a problem: what it is for is over. */
    public void excuse() {
        excused = true;
    }

    /** No round begins from now on; one that is under way comes to its end. */
    public void end() {
        excused = true;
        ended = true;
        hurry();
    }

    /** The same, but a round that is under way is interrupted. */
    public void stop() {
        end();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Waits until it has come to its end, for so long at most. */
    public void await(Duration patience) throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.join(patience);
        }
    }

    /** Whether it goes on: it was started, and nobody has ended it. */
    public boolean isRunning() {
        return thread != null && !ended;
    }

    /** Whether no round is under way, and none is to come. */
    public boolean isOver() {
        Thread running = thread;
        return running == null || (ended && !running.isAlive());
    }

    /** Its thread; empty before the start. */
    public Optional<Thread> thread() {
        return Optional.ofNullable(thread);
    }

    /** How long ago it last came round. */
    public Duration sinceLastRound() {
        return Duration.ofNanos(nanoTime.getAsLong() - roundNanos);
    }

    /** For how long code that is not the worker's has kept it from coming round; zero if none does. */
    public Duration lentFor() {
        return lent && !excused ? Duration.ofNanos(nanoTime.getAsLong() - lentNanos) : Duration.ZERO;
    }

    String name() {
        return "rpa-" + role.name();
    }

    boolean isVital() {
        return role.vital();
    }

    /**
     * What keeps it from coming round, as people read it; empty if nothing does, while it waits for something or for
     * code that is not the worker's, and once it is excused.
     *
     * @param stalledAfter by how much it has to be late
     */
    Optional<String> problem(Duration stalledAfter) {
        Thread running = thread;
        if (running == null || excused) {
            return Optional.empty();
        }
        if (!running.isAlive()) {
            return Optional.of("The loop %s has ended".formatted(name()));
        }
        var late = Duration.ofNanos(nanoTime.getAsLong() - dueNanos);
        return waiting || lent || late.compareTo(stalledAfter) <= 0
                ? Optional.empty()
                : Optional.of("The loop %s is overdue by %s".formatted(name(), DurationText.of(late)));
    }
}
