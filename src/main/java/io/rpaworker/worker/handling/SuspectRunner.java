package io.rpaworker.worker.handling;

import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a flow's suspects, the records that were in flight when two processes died: each isolated, with this process to
 * itself.
 *
 * <p>A suspect first asks to be isolated and then for a slot, as every other call first enters and then asks for a
 * slot: whoever waited for one while holding the other could wait for ever.
 */
final class SuspectRunner {

    private static final Logger log = LoggerFactory.getLogger(SuspectRunner.class);

    private final InFlight inFlight;
    private final HandlerSlots slots;
    private final Isolation isolation;
    private final HandlerInvoker<?, ?> invoker;

    SuspectRunner(InFlight inFlight, HandlerSlots slots, Isolation isolation, HandlerInvoker<?, ?> invoker) {
        this.inFlight = inFlight;
        this.slots = slots;
        this.isolation = isolation;
        this.invoker = invoker;
    }

    /** Whether one could run now. */
    boolean isOpen() {
        return isolation.isOpenToSuspects() && slots.stuck() < slots.slots();
    }

    /**
     * Runs a suspect to its end, or gives it back if it cannot be alone.
     *
     * @param read marks it as isolated and reads its payload, which may be what ends processes; false if it is not ours
     * @param starting whether calls may still start
     * @param waiting told again and again as long as this takes
     */
    void run(InFlightClaim suspect, Predicate<InFlightClaim> read, BooleanSupplier starting, Runnable waiting)
            throws InterruptedException {
        BooleanSupplier mayStart = () -> {
            waiting.run();
            return starting.getAsBoolean() && suspect.isTrusted() && !isCancelled(suspect);
        };
        boolean entered = false;
        boolean started = false;
        try {
            entered = isolation.enterAlone(mayStart);
            started = entered
                    && read.test(suspect)
                    && mayStart.getAsBoolean()
                    && slots.startAlone(suspect.works(), invoker::run);
            if (started) {
                awaitEnd(suspect, starting, waiting);
            }
        } finally {
            if (entered) {
                isolation.leaveAlone(started);
            }
            if (!started) {
                release(suspect);
            }
        }
    }

    // Released, it is cancelled by whoever looks next; to read its payload may be what ends the process.
    private boolean isCancelled(InFlightClaim suspect) {
        return suspect.works().stream().anyMatch(it -> invoker.cancelling(it) != null);
    }

    private void awaitEnd(InFlightClaim suspect, BooleanSupplier starting, Runnable waiting)
            throws InterruptedException {
        log.info(
                "Record {} of flow {} runs isolated: it was in flight when processes died",
                suspect.works().getFirst().record().id(),
                inFlight.flow());
        while (!isSettled(suspect, starting)) {
            waiting.run();
        }
        // As long as the claim is known, nothing else would be to blame for a crash.
        inFlight.cleanup().tell();
    }

    // It runs on whoever interrupts this thread, and nothing may run beside it: only the stop leaves it alone.
    private boolean isSettled(InFlightClaim suspect, BooleanSupplier starting) throws InterruptedException {
        try {
            return inFlight.claims().awaitSettled(suspect);
        } catch (InterruptedException e) {
            if (!starting.getAsBoolean()) {
                throw e;
            }
            return false;
        }
    }

    private void release(InFlightClaim suspect) {
        suspect.works().forEach(invoker::release);
    }
}
