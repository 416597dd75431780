package io.rpaworker.worker.handling;

import io.rpaworker.condition.Hanging;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One call of a handler, for one record or a batch, and the slot that it holds until its thread has really ended. */
final class HandlerCall {

    private final List<InFlightRecord> works;
    private final Runnable leaving;
    private final AtomicBoolean over = new AtomicBoolean();
    private final LongSupplier nanoTime;
    private @Nullable Thread thread;
    private volatile long begunNanos;
    private volatile long startedNanos;
    private volatile boolean overdue;
    private long overdueNanos;
    private List<InFlightRecord> inside = List.of();
    private final Map<InFlightRecord, Long> cancelledNanos = new HashMap<>();
    private volatile @Nullable String fate;

    /**
     * A call that is to come.
     *
     * @param leaving told once if the call is given up
     */
    HandlerCall(List<InFlightRecord> works, Runnable leaving) {
        this(works, leaving, System::nanoTime);
    }

    HandlerCall(List<InFlightRecord> works, Runnable leaving, LongSupplier nanoTime) {
        this.works = works;
        this.leaving = leaving;
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong();
        this.startedNanos = begunNanos;
    }

    /**
     * Gives up on a call that goes on although it was interrupted, unless it has ended: a suspect must not wait for
     * what may never end.
     */
    void giveUp() {
        if (over.compareAndSet(false, true)) {
            leaving.run();
        }
    }

    /** Whether it is given up, or has ended. */
    boolean isOver() {
        return over.get();
    }

    List<InFlightRecord> works() {
        return works;
    }

    /** What became of its records, once that was decided without it. */
    Optional<String> fate() {
        return Optional.ofNullable(fate);
    }

    /** Its records are taken from it. */
    void decided(String becameOfThem) {
        fate = becameOfThem;
    }

    /** What an operator sees of it. */
    Hanging hanging() {
        return Hanging.of(
                works.stream().map(it -> it.record().id()).toList(),
                works.getFirst().attempt(),
                Duration.ofNanos(nanos()),
                isOver());
    }

    /** Where its thread is at this moment; empty if it has ended. */
    synchronized Optional<CallStack> stack() {
        return Optional.ofNullable(thread).map(CallStack::of);
    }

    /** Whether the handler may still be called for its records. */
    boolean isTrusted() {
        return works.getFirst().claim().isTrusted();
    }

    /** The calling thread runs this call from now on. */
    synchronized void begin() {
        thread = Thread.currentThread();
        restart();
        begunNanos = startedNanos;
    }

    /**
     * The calling thread is done with this call.
     *
     * @return false if it had been given up before
     */
    synchronized boolean end() {
        thread = null;
        return over.compareAndSet(false, true);
    }

    /**
     * Gives the call its time anew: a part of its batch is to be tried again.
     *
     * @return false if the call was given up: then nothing is tried any more
     */
    synchronized boolean restart() {
        if (isOver()) {
            return false;
        }
        overdue = false;
        startedNanos = nanoTime.getAsLong();
        return true;
    }

    long nanos() {
        return nanoTime.getAsLong() - startedNanos;
    }

    /** For how long it has kept its slot, whatever part of its batch it is at. */
    long nanosInAll() {
        return nanoTime.getAsLong() - begunNanos;
    }

    boolean hasRunFor(Duration time) {
        return nanos() >= time.toNanos();
    }

    /** Whether it takes too long, and was interrupted for that if the handler was at it. */
    boolean isOverdue() {
        return overdue;
    }

    /**
     * The handler's code runs from now on, or its payload's, for some of the records: all, one, or a part of a batch.
     *
     * @return false if it must not, since the call is given up or none of them is to be decided any more: whoever
     *     decided about them would not interrupt it
     */
    synchronized boolean enters(List<InFlightRecord> records) {
        if (isOver() || records.stream().allMatch(InFlightRecord::isDecided)) {
            return false;
        }
        inside = records;
        cancelledNanos.clear();
        if (overdue) {
            interrupt();
        }
        return true;
    }

    /** The handler has returned. An interrupt, whoever sent it, is meant for nothing that follows. */
    synchronized void leaves() {
        inside = List.of();
        Thread.interrupted();
    }

    /**
     * Interrupts the handler, if it is what runs: what else the thread does, a probe of a source for one, goes on, and
     * so does another part of a batch.
     */
    synchronized void interrupt() {
        if (thread != null && !inside.isEmpty()) {
            thread.interrupt();
        }
    }

    /**
     * Interrupts the call if it takes too long, once. A part of a batch that has just begun is not charged with the
     * time of the one before.
     *
     * @param telling called before the interrupt, since only until then the thread is where it hangs
     */
    synchronized void interruptIfOverdue(Duration timeout, Runnable telling) {
        if (!overdue && hasRunFor(timeout)) {
            telling.run();
            overdue = true;
            overdueNanos = nanoTime.getAsLong();
            interrupt();
        }
    }

    /**
     * Gives up on the call if it goes on although it was found overdue so long ago. Decided in one step, so that the
     * next part of its batch does not pay for the one before.
     *
     * @return whether it is given up
     */
    synchronized boolean giveUpIfOverdueFor(Duration grace) {
        boolean ignored = overdue && nanoTime.getAsLong() - overdueNanos >= grace.toNanos();
        if (ignored) {
            giveUp();
        }
        return ignored;
    }

    /**
     * Interrupts the call if it is for a record that is cancelled, once for each.
     *
     * @param by who cancels a record; null for nobody
     * @param grace from the interrupt to giving up
     * @return the cancelled records whose interrupt the call has not minded for so long
     */
    synchronized List<InFlightRecord> interruptIfCancelled(
            Function<InFlightRecord, @Nullable String> by, Duration grace) {
        long now = nanoTime.getAsLong();
        var ignored = new ArrayList<InFlightRecord>();
        boolean more = false;
        for (InFlightRecord it : inside) {
            String who = it.isDecided() ? null : by.apply(it);
            if (who != null) {
                it.cancel(who);
                Long since = cancelledNanos.putIfAbsent(it, now);
                if (since == null) {
                    more = true;
                } else if (now - since >= grace.toNanos()) {
                    ignored.add(it);
                }
            }
        }
        if (more) {
            interrupt();
        }
        return ignored;
    }

    /** Whether its handler has called {@link System#exit}. */
    synchronized boolean hasCalledExit() {
        return thread != null && SystemExit.isCalledBy(thread);
    }
}
