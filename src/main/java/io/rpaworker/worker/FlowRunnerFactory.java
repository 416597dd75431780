package io.rpaworker.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.database.ConnectionShare;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.Redactions;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.Limits;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loops;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.queue.Settlements;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Puts a flow's parts together. */
@Component
class FlowRunnerFactory {

    // One settler waits for PostgreSQL while the other one prepares; more of them measured no faster.
    private static final int SETTLERS = 2;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ClaimJournal claims;
    private final LimitedClaims limited;
    private final Settlements settlements;
    private final TransactionOperations transaction;
    private final ChunkTransaction.Parts chunks;
    private final FailureClassifier failures;
    private final Redactions redactions;
    private final Heartbeat heartbeat;
    private final Isolation isolation;
    private final CircuitBreakers breakers;
    private final MeterRegistry registry;
    private final JsonMapper json;
    private final WorkerProperties properties;
    private final FlowRegistry flows;
    private final DataSource pool;
    private final Loops loops;
    // One flow at a time claims ahead: it takes a connection that others claim with.
    private final Semaphore ahead = new Semaphore(1);

    FlowRunnerFactory(
            ClaimJournal claims,
            LimitedClaims limited,
            Settlements settlements,
            TransactionOperations transaction,
            ChunkTransaction.Parts chunks,
            FailureClassifier failures,
            Redactions redactions,
            Heartbeat heartbeat,
            Isolation isolation,
            CircuitBreakers breakers,
            MeterRegistry registry,
            JsonMapper json,
            WorkerProperties properties,
            FlowRegistry flows,
            DataSource pool,
            Loops loops) {
        this.claims = claims;
        this.limited = limited;
        this.settlements = settlements;
        this.transaction = transaction;
        this.chunks = chunks;
        this.failures = failures;
        this.redactions = redactions;
        this.heartbeat = heartbeat;
        this.isolation = isolation;
        this.breakers = breakers;
        this.registry = registry;
        this.json = json;
        this.properties = properties;
        this.flows = flows;
        this.pool = pool;
        this.loops = loops;
    }

    <P, R extends @Nullable Object> FlowRunner runnerOf(Flow<P, R> flow) {
        FailureClassifier failures = this.failures.after(flow.rules());
        var meters = new FlowMeters(registry, flow.name());
        var flowSources = breakers.of(flow.name(), flow.sources());
        var leftovers = new ClaimCleanup(claims, settlements);
        var outbox = new SettlementBuffer<P, R>(flow.settings().chunkSize());
        var fails = new FailedAttempts<>(flow, redactions.after(flow.redactions()), System::nanoTime);
        var decisions = new OutcomeTranslator<>(flow, failures, flowSources, json, fails);
        var violations = new WriteViolations(flow);
        var completion = new ChunkCompletion<>(flow, chunks, failures, meters, violations, PAUSE);
        var threads = HandlingThreads.of(flow.name(), flow.settings().threads());
        var share = ConnectionShare.of(pool, flows.distributed().size(), SETTLERS);
        var calls = new HandlerSlots(
                flow.settings().concurrency(),
                isolation,
                share,
                flow.handler().getClass().getClassLoader(),
                threads,
                new HangLog(flow.name()));
        var pause = new IdlePause();
        var active = new InFlightClaims(leftovers, () -> {
            // There may have been records that only its limit kept waiting.
            if (!flow.settings().limits().equals(Limits.NONE)) {
                pause.end();
            }
        });
        var setbacks = new FailuresAndReleases<>(flow, settlements, transaction, failures, meters, active, PAUSE);
        List<Settler<?, ?>> settlers = Stream.<Settler<?, ?>>generate(
                        () -> new Settler<>(flow, outbox, completion, decisions, setbacks, active))
                .limit(SETTLERS)
                .toList();
        var execution = new HandlerInvoker<>(flow, decisions, outbox);
        var size = new ClaimSize(
                flow.settings().concurrency(),
                flow.settings().batchSize(),
                execution.takesBatches(),
                properties.maxClaimBytes().toBytes());
        var suspects = new SuspectRunner(flow, claims, limited, calls, isolation, execution, active, leftovers);
        var poller = new Poller(flow, limited, suspects, heartbeat, flowSources, leftovers, meters, size, properties);
        var dispatcher = new Dispatcher(calls, execution, outbox, size);
        var pollAhead = new PollAhead(flow.name(), poller, dispatcher, active, ahead);
        var polls = new PollLoop(flow.name(), poller, pollAhead, dispatcher, suspects, active, leftovers, pause);
        var runner = new FlowRunner(
                flow,
                polls,
                pause,
                dispatcher,
                execution,
                calls,
                threads,
                settlers,
                active,
                leftovers,
                violations,
                fails,
                loops);
        meters.slots(runner);
        return runner;
    }
}
