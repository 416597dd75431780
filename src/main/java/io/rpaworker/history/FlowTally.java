package io.rpaworker.history;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.util.DigestUtils;

/** Adds up what becomes of one flow's attempts on this process, once the table says so. Any thread may call it. */
public final class FlowTally {

    // A handler that puts a number into each class name, say, must not fill the memory; the table has the same bound.
    static final int MOST_CAUSES = 100;

    private final String flow;
    private Counts counts = new Counts();
    private Map<Cause, CauseCount> causes = new HashMap<>();

    FlowTally(String flow) {
        this.flow = flow;
    }

    private static final class Counts {
        private long completed;
        private long retriedError;
        private long retriedTimeout;
        private final Map<FailureKind, Long> dead = new EnumMap<>(FailureKind.class);
        private long released;
        private final TimesTally waits = new TimesTally();
        private final TimesTally runs = new TimesTally();
        private boolean any;

        private long dead(FailureKind kind) {
            return dead.getOrDefault(kind, 0L);
        }
    }

    /** A record was claimed that had been due for so long. */
    public synchronized void waited(Duration time) {
        counts.any = true;
        counts.waits.add(
                Math.max(0, time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? time.toNanos() : Long.MAX_VALUE));
    }

    /** A record was completed; its handler took so long. */
    public synchronized void completed(long nanos) {
        counts.any = true;
        counts.completed++;
        counts.runs.add(nanos);
    }

    /** An attempt was given back, and does not count. */
    public synchronized void released() {
        counts.any = true;
        counts.released++;
    }

    /** An attempt failed; its handler took so long. One that somebody has cancelled is no failure, and not counted. */
    public synchronized void failed(Failure failure, long nanos) {
        if (failure.kind() == FailureKind.CANCELLED) {
            return;
        }
        boolean dead = failure.retryAfter() == null;
        counts.any = true;
        // What cannot be decoded never runs.
        if (nanos > 0) {
            counts.runs.add(nanos);
        }
        if (dead) {
            counts.dead.merge(failure.kind(), 1L, Long::sum);
        } else if (failure.kind() == FailureKind.TIMEOUT) {
            counts.retriedTimeout++;
        } else {
            counts.retriedError++;
        }
        String fingerprint = failure.fingerprint();
        cause(Cause.of(failure.kind(), fingerprint == null ? "" : fingerprint)).add(1, dead ? 1 : 0, failure.reason());
    }

    /** Records became dead letters without an attempt of this process, since they end processes. */
    public synchronized void poison(long records) {
        counts.any = true;
        counts.dead.merge(FailureKind.POISON, records, Long::sum);
        cause(Cause.of(FailureKind.POISON, md5(flow + " poison")))
                .add(records, records, "Was under way each time that a process died");
    }

    // As queue.recovery has it in the record.
    private static String md5(String text) {
        return DigestUtils.md5DigestAsHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private CauseCount cause(Cause cause) {
        boolean known = causes.containsKey(cause) || causes.size() < MOST_CAUSES;
        return causes.computeIfAbsent(known ? cause : cause.other(), it -> new CauseCount());
    }

    /** What has been added up since the last time; empty if nothing has. */
    synchronized Optional<Addition> take() {
        if (!counts.any) {
            return Optional.empty();
        }
        var taken = new Addition(
                flow,
                counts.completed,
                counts.retriedError,
                counts.retriedTimeout,
                counts.dead(FailureKind.ERROR) + counts.dead(FailureKind.UNKNOWN),
                counts.dead(FailureKind.TIMEOUT),
                counts.dead(FailureKind.REJECTED),
                counts.dead(FailureKind.PAYLOAD),
                counts.dead(FailureKind.POISON),
                counts.released,
                counts.waits.times(),
                counts.runs.times(),
                causes.entrySet().stream()
                        .map(it -> it.getValue().of(it.getKey()))
                        .toList());
        counts = new Counts();
        causes = new HashMap<>();
        return Optional.of(taken);
    }
}
