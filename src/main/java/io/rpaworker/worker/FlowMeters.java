package io.rpaworker.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.FailureKind;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** The meters of one flow. Outcomes are counted once they are committed, so that they agree with the table. */
final class FlowMeters {

    /** What became of an attempt. */
    enum Outcome {
        COMPLETED,
        RETRIED,
        DEAD_LETTER,
        RELEASED
    }

    private final MeterRegistry registry;
    private final Tags flow;
    private final Timer claim;
    private final Timer wait;
    private final DistributionSummary claimSize;
    private final Counter fenceRejected;
    private final ConcurrentMap<Outcome, Timer> process = new ConcurrentHashMap<>();

    FlowMeters(MeterRegistry registry, String flow) {
        this.registry = registry;
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
    }

    void claimed(Claim claimed, long nanos) {
        claim.record(nanos, TimeUnit.NANOSECONDS);
        claimSize.record(claimed.records().size());
        claimed.records().forEach(record -> wait.record(positive(record.waited())));
    }

    void settled(Outcome outcome, long nanos) {
        process.computeIfAbsent(
                        outcome,
                        it -> Timer.builder("rpa.record.process")
                                .description("Handling a record, by what became of it")
                                .tags(flow.and("outcome", it.name().toLowerCase(Locale.ROOT)))
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    void buried(FailureKind kind) {
        Counter.builder("rpa.deadletters")
                .description("Records that became dead letters on this replica")
                .tags(flow.and("kind", kind.column()))
                .register(registry)
                .increment();
    }

    void fenceRejected(int records) {
        fenceRejected.increment(records);
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
