package io.rpaworker.worker.inflight;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.history.FlowTally;
import io.rpaworker.queue.Claim;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The meters and the statistics of one flow. Outcomes are counted once they are committed, so that they agree with the
 * table.
 */
public final class FlowMeters {

    /** What became of an attempt. */
    public enum Outcome {
        COMPLETED,
        RETRIED,
        DEAD_LETTER,
        RELEASED
    }

    private final MeterRegistry registry;
    private final Tags flow;
    private final FlowTally tally;
    private final Timer claim;
    private final Timer wait;
    private final DistributionSummary claimSize;
    private final Counter fenceRejected;
    private final Map<Outcome, Timer> process = new EnumMap<>(Outcome.class);
    private final Map<FailureKind, Counter> deadLetters = new EnumMap<>(FailureKind.class);

    FlowMeters(MeterRegistry registry, FlowTally tally, String flow) {
        this.registry = registry;
        this.tally = tally;
        this.flow = Tags.of("flow", flow);
        this.claim = Timer.builder("rpa.claim")
                .description("Asking PostgreSQL for a batch")
                .tags(this.flow)
                .register(registry);
        this.wait = Timer.builder("rpa.record.wait")
                .description("From available to claimed, by PostgreSQL's clock")
                .tags(this.flow)
                .register(registry);
        this.claimSize = DistributionSummary.builder("rpa.claim.size")
                .description("Records in a claim")
                .tags(this.flow)
                .register(registry);
        this.fenceRejected = Counter.builder("rpa.fence.rejected")
                .description("Records that were no longer this replica's when it came to settle them")
                .tags(this.flow)
                .register(registry);
        // From the start, not from the first time: an alert on an increase misses a series that begins with 1.
        for (Outcome outcome : Outcome.values()) {
            process.put(outcome, process(outcome));
        }
        for (FailureKind kind : FailureKind.values()) {
            deadLetters.put(kind, deadLetters(kind));
        }
    }

    private Timer process(Outcome outcome) {
        return Timer.builder("rpa.record.process")
                .description("Handling a record, by what became of it")
                .tags(flow.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                .register(registry);
    }

    private Counter deadLetters(FailureKind kind) {
        return Counter.builder("rpa.deadletters")
                .description("Records that became dead letters on this replica")
                .tags(flow.and("kind", kind.column()))
                .register(registry);
    }

    /** Shows what the slots do. Each is in one state, so that the states add up to the flow's concurrency. */
    public void slots(int slots, IntSupplier busy, IntSupplier stuck) {
        slots("busy", busy);
        slots("stuck", stuck);
        slots("free", () -> Math.max(0, slots - busy.getAsInt() - stuck.getAsInt()));
    }

    private void slots(String state, IntSupplier count) {
        Gauge.builder("rpa.slots", count::getAsInt)
                .description("Slots for calls of the handler; stuck: interrupted as overdue and running all the same")
                .tags(flow.and("state", state))
                .register(registry);
    }

    /** Shows how long the call that began first has run. */
    public void longestCall(Supplier<Duration> longest) {
        TimeGauge.builder("rpa.call.age", () -> longest.get().toMillis(), TimeUnit.MILLISECONDS)
                .description("How long the oldest call that runs now has run; 0 if none does")
                .tags(flow)
                .register(registry);
    }

    /** Shows whether the flow waits for what it depends on, and not for records. */
    public void waiting(BooleanSupplier waits) {
        Gauge.builder("rpa.flow.waiting", () -> waits.getAsBoolean() ? 1 : 0)
                .description("1 while the flow claims nothing, since a source, or rpa_db for what it writes, fails")
                .tags(flow)
                .register(registry);
    }

    public void claimed(Claim claimed, long nanos) {
        claim.record(nanos, TimeUnit.NANOSECONDS);
        claimSize.record(claimed.records().size());
        claimed.records().forEach(record -> {
            wait.record(record.waited());
            tally.waited(record.waited());
        });
    }

    /** A record was completed; its handler took so long. */
    public void completed(long nanos) {
        settled(Outcome.COMPLETED, nanos);
        tally.completed(nanos);
    }

    /** An attempt was given back; the handler took so long, 0 if it was not called. */
    public void released(long nanos) {
        settled(Outcome.RELEASED, nanos);
        tally.released();
    }

    /** An attempt failed; its handler took so long. */
    public void failed(Failure failure, long nanos) {
        if (failure.retryAfter() == null) {
            settled(Outcome.DEAD_LETTER, nanos);
            Objects.requireNonNull(deadLetters.get(failure.kind())).increment();
        } else {
            settled(Outcome.RETRIED, nanos);
        }
        tally.failed(failure, nanos);
    }

    private void settled(Outcome outcome, long nanos) {
        Objects.requireNonNull(process.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
    }

    public void fenceRejected(int records) {
        fenceRejected.increment(records);
    }
}
