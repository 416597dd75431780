package io.rpaworker.worker.handling;

import io.rpaworker.condition.Hanging;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of one flow's calls that take too long. Where hundreds hang at once they hang at the same place: the first few
 * are told with their threads' stacks, of the others how many there are.
 */
final class HangLog {

    private static final Logger log = LoggerFactory.getLogger(HangLog.class);
    private static final int FEW = 3;
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Duration GATHERING = Duration.ofSeconds(5);

    private final String flow;
    private final Ration overdue = new Ration("take longer than their record-timeout");
    private final Ration stuck = new Ration("ignore their interrupt and keep their slots");
    private final Ration ended = new Ration("that were given up have ended, and their slots are free");
    private final Set<HandlerCall> told = ConcurrentHashMap.newKeySet();

    HangLog(String flow) {
        this.flow = flow;
    }

    /** A call takes too long, and is about to be interrupted. */
    void overdue(HandlerCall call, Duration timeout) {
        if (overdue.allows()) {
            log.warn(
                    "A call of flow {} takes longer than its record-timeout, {}, and is interrupted: {}",
                    flow,
                    DurationText.of(timeout),
                    call.hanging().text(),
                    call.stack().orElse(null));
        }
    }

    /**
     * A call goes on although it was interrupted and given up; told once, when it is known what became of its records.
     */
    void stuck(HandlerCall call, int stuckSlots, int slots) {
        if (!call.works().stream().allMatch(InFlightRecord::isDecided) || !told.add(call)) {
            return;
        }
        CallStack stack = call.stack().orElse(null);
        if (stack == null) {
            // It has just ended, and may have said so before it was known here.
            told.remove(call);
            return;
        }
        if (stuck.allows()) {
            log.warn(
                    "A call of flow {} ignores its interrupt: {}. Without it {}; its slot stays taken until it ends, and {}"
                            + " of {} slots are stuck",
                    flow,
                    call.hanging().text(),
                    call.fate().orElse("its record is decided"),
                    stuckSlots,
                    slots,
                    stack);
        }
    }

    /** A call that was given up has ended after all. */
    void ended(HandlerCall call) {
        if (told.remove(call) && ended.allows()) {
            log.info(
                    "A call of flow {} that was given up has ended, and its slot is free: {}",
                    flow,
                    call.hanging().text());
        }
    }

    /** Tells of how many there was no more to say than that, once some seconds have passed. */
    void count() {
        overdue.count();
        stuck.count();
        ended.count();
    }

    /** The calls that a stop does not wait for, as people read them; empty if there are none. */
    static Optional<String> givenUp(String flow, List<HandlerCall> calls) {
        if (calls.isEmpty()) {
            return Optional.empty();
        }
        List<Long> records = calls.stream()
                .flatMap(it -> it.works().stream())
                .map(it -> it.record().id())
                .toList();
        String text = calls.size() == 1
                ? "1 call of flow %s (%s) that ignores its interrupt".formatted(flow, Hanging.ids(records))
                : "%d calls of flow %s (%s) that ignore their interrupt"
                        .formatted(calls.size(), flow, Hanging.ids(records));
        return Optional.of(text);
    }

    /** Says of one thing how often it may be told. */
    private final class Ration {

        private final String what;
        private long beganNanos;
        private long countedNanos;
        private int seen;

        private Ration(String what) {
            this.what = what;
        }

        private synchronized boolean allows() {
            long now = System.nanoTime();
            if (seen == 0) {
                beganNanos = now;
            }
            if (seen <= FEW) {
                countedNanos = now;
            }
            seen++;
            return seen <= FEW;
        }

        private synchronized void count() {
            long now = System.nanoTime();
            if (seen > FEW && now - countedNanos >= GATHERING.toNanos()) {
                log.warn("{} more calls of flow {} {}", seen - FEW, flow, what);
                seen = FEW;
            }
            if (seen <= FEW && now - beganNanos >= PERIOD.toNanos()) {
                seen = 0;
            }
        }
    }
}
