package io.rpaworker.worker.settling;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.Flow;
import io.rpaworker.worker.settling.Settlement.Fail;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the failures of one flow: the first of each cause, and how many more there were of it within ten minutes. What
 * they say stays in the table: it may quote payloads.
 */
final class RepeatedFailures {

    private static final Logger log = LoggerFactory.getLogger(RepeatedFailures.class);

    private static final Duration WINDOW = Duration.ofMinutes(10);
    // A handler may fail in another way for each record.
    private static final int MOST_CAUSES = 200;
    private static final String OTHERS = "";

    private final Flow<?, ?> flow;
    private final LongSupplier nanoTime;
    private final Map<String, Cause> causes = new HashMap<>();

    RepeatedFailures(Flow<?, ?> flow, LongSupplier nanoTime) {
        this.flow = flow;
        this.nanoTime = nanoTime;
    }

    private static final class Cause {

        private final long firstRecord;
        private final long firstNanos;
        private long more;

        private Cause(long firstRecord, long firstNanos) {
            this.firstRecord = firstRecord;
            this.firstNanos = firstNanos;
        }
    }

    /** Whether a failure of this fingerprint would be told, with its stack trace. */
    synchronized boolean isNew(String fingerprint) {
        tellWhatIsOver();
        return !causes.containsKey(fingerprint) && causes.size() < MOST_CAUSES;
    }

    /** A record has failed, and PostgreSQL has it. */
    synchronized void failed(Fail<?, ?> fail) {
        tellWhatIsOver();
        String fingerprint = Objects.requireNonNullElse(fail.failure().fingerprint(), OTHERS);
        Cause cause = causes.get(fingerprint);
        if (cause == null && causes.size() >= MOST_CAUSES) {
            fingerprint = OTHERS;
            cause = causes.get(fingerprint);
        }
        if (cause != null) {
            cause.more++;
            return;
        }
        long record = fail.work().record().id();
        causes.put(fingerprint, new Cause(record, nanoTime.getAsLong()));
        if (causes.size() > MOST_CAUSES) {
            log.warn(
                    "Records of flow {} fail in more than {} ways: from record {} on, other ways are only counted for 10 min",
                    flow.name(),
                    MOST_CAUSES,
                    record);
        } else if (fail.failure().kind() != FailureKind.TIMEOUT) {
            // A call that takes too long is told of while it does.
            tell(fail);
        }
    }

    private void tell(Fail<?, ?> fail) {
        Failure failure = fail.failure();
        @Nullable Throwable trace = fail.trace();
        log.warn(
                "Record {} of flow {} fails at attempt {} of {} (kind {}) and {}; its error_message says why."
                        + " More like it are counted for 10 min",
                fail.work().record().id(),
                flow.name(),
                fail.work().attempt(),
                flow.settings().maxRetries(),
                failure.kind().column(),
                next(failure.retryAfter()),
                trace);
    }

    private static String next(@Nullable Duration retryAfter) {
        return retryAfter == null
                ? "is a dead letter"
                : String.format(Locale.ROOT, "is tried again in %.1f s", retryAfter.toMillis() / 1000.0);
    }

    /** Tells how many more there were where the ten minutes are over; to be called now and then. */
    synchronized void tellWhatIsOver() {
        if (causes.isEmpty()) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (Iterator<Cause> all = causes.values().iterator(); all.hasNext(); ) {
            Cause cause = all.next();
            if (now - cause.firstNanos >= WINDOW.toNanos()) {
                tell(cause, now);
                all.remove();
            }
        }
    }

    /** Tells how many more there were of all causes: the flow stops. */
    synchronized void tellAll() {
        long now = nanoTime.getAsLong();
        causes.values().forEach(it -> tell(it, now));
        causes.clear();
    }

    private void tell(Cause cause, long now) {
        if (cause.more > 0) {
            log.warn(
                    "{} more failures of flow {} like that of record {} in the last {}",
                    cause.more,
                    flow.name(),
                    cause.firstRecord,
                    forPeople(Duration.ofNanos(now - cause.firstNanos)));
        }
    }

    private static String forPeople(Duration time) {
        return time.compareTo(Duration.ofMinutes(1)) < 0 ? time.toSeconds() + " s" : time.toMinutes() + " min";
    }
}
