package io.rpaworker.worker.handling;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.bench.handler.Order;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.database.ConnectionShare;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.ClaimedRecords;
import io.rpaworker.worker.settling.Gathered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** What the JVM adds to a record: decode, dispatch, handle, decide, gather for settling; all but the database. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"})
public class PerRecordBenchmark {

    private static final int BATCH = 500;
    private static final String PAYLOAD = """
            {"id": 17, "flow": "orders", "note": "a small payload of text", "amount": 119.50, "customer": "c-17"}""";

    private final List<ClaimedRecord> records = IntStream.range(0, BATCH)
            .mapToObj(i -> new ClaimedRecord(i, null, PAYLOAD, 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO))
            .toList();
    private final Gathered<Order, @Nullable Void> gathered = new Gathered<>(BATCH);
    private final Dispatcher dispatcher = dispatcher();
    private final Lease lease = new Lease(
            new WorkerInstance("bench", "bench", "bench"), Duration.ofDays(1), System::nanoTime, System.nanoTime());
    private final Loop dispatching = new Loops().of(Role.vital("dispatch", "Hand-outs"), dispatcher);

    private record NoOp(String flow) implements RecordHandler<Order, @Nullable Void> {

        @Override
        public Outcome<@Nullable Void> handle(WorkRecord<Order> record) {
            return Outcome.completed(null);
        }
    }

    @Setup
    public void start() {
        dispatching.start();
    }

    @TearDown
    public void stop() {
        dispatching.stop();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int record() throws InterruptedException {
        if (dispatcher.offers().awaitDemand() == 0) {
            throw new IllegalStateException("No demand");
        }
        dispatcher
                .offers()
                .add(new InFlightClaim(new Claim(UUID.randomUUID(), "orders", records), lease, ClaimPermit.BATCHES));
        int decided = 0;
        while (decided < BATCH) {
            decided += gathered.take();
        }
        return decided;
    }

    private Dispatcher dispatcher() {
        JsonMapper json = JsonMapper.builder().findAndAddModules().build();
        var pool = new HikariDataSource();
        Flow<Order, @Nullable Void> flow = TestFlows.of(new NoOp("orders"), Order.class);
        var failures = new FailureClassifier(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));
        var fails = ClaimedRecords.fails(flow);
        var execution = new HandlerInvoker<>(
                flow,
                new OutcomeTranslator<>(
                        flow, failures, new CircuitBreakers().of(flow.name(), flow.sources()), json, fails),
                gathered::accept);
        var slots = new HandlerSlots(
                flow.settings().concurrency(),
                new Isolation(new IsolationBackoff(Duration.ZERO, System.nanoTime())),
                ConnectionShare.of(pool, 1, 2),
                getClass().getClassLoader(),
                Thread::startVirtualThread,
                new HangLog("orders"));
        Duration ahead = flow.settings().claimAhead();
        var demand = new Demand(() -> slots.use(ahead), slots.slots(), ahead, BATCH, false);
        return new Dispatcher(slots, execution, gathered::isFull, new Offers(demand, false, ahead, System::nanoTime));
    }
}
