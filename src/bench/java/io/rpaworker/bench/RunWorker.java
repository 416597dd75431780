package io.rpaworker.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A warm worker with little memory, of the flow that has runs. */
final class RunWorker implements AutoCloseable {

    /** So many records are handled before any is measured: what the compiler does then is the same for all. */
    static final int WARM_UP = 50_000;

    private static final String FLOW = "run_orders";
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final String LOOK = """
            select r.state, r.pages, r.discovered,
                   extract(epoch from r.discovered_at - r.started_at)::float8 as discovery_seconds,
                   r.ended_at is not null as ended
            from processing_run r
            """;
    private static final String END = """
            with last as (select max(completed_at) as at from processing_queue where run_id = :run and flow_name = 'run_orders')
            select extract(epoch from r.ended_at - last.at)::float8 as lag_seconds,
                   extract(epoch from r.processed_at - last.at)::float8 as noticed_seconds,
                   extract(epoch from last.at - r.started_at)::float8 as processing_seconds,
                   (select count(*) from run_ends e where e.run_id = r.id and e.completed = r.discovered) as rows_written
            from processing_run r, last
            where r.id = :run
            """;

    private final Server server;
    private final Server source;
    private final JdbcClient db;
    private final Orders orders;
    private final Heap heap;
    private final List<Contestant> contestants;

    private RunWorker(Server server, Server source, Heap heap, List<Contestant> contestants) {
        this.server = server;
        this.source = source;
        this.db = server.in(Worker.DATABASE);
        this.orders = new Orders(db, FLOW);
        this.heap = heap;
        this.contestants = contestants;
    }

    /**
     * A run as it is now.
     *
     * @param discoverySeconds null while it is discovered
     */
    record Look(String state, long pages, long discovered, Double discoverySeconds, boolean ended) {}

    /**
     * How a run has ended.
     *
     * @param lagSeconds from the completion of its last record
     * @param noticedSeconds of these, until somebody noticed that nothing was open
     * @param rowsWritten by its completion, with the right count
     */
    record End(double lagSeconds, double noticedSeconds, double processingSeconds, long rowsWritten) {}

    static RunWorker start(Setup setup, Server server, Server source, String... settings)
            throws IOException, InterruptedException {
        JdbcClient db = server.create(Worker.DATABASE);
        var heap = new Heap(setup);
        var all = new ArrayList<>(List.of("--rpa.handler.bench.source=" + source.url("source")));
        all.addAll(List.of(settings));
        var worker = new Worker(setup, List.of(Options.text("run-memory"), heap.option()), all);
        var started = new RunWorker(server, source, heap, worker.start(server, FLOW, "run_starts"));
        Written.createTable(db);
        db.sql("create table run_ends (run_id bigint, completed bigint)").update();
        started.orders.add(WARM_UP);
        started.orders.awaitDone(PATIENCE, started::handled);
        return started;
    }

    Heap heap() {
        return heap;
    }

    Contestant contestant() {
        return contestants.getFirst();
    }

    long handled() {
        return Contestant.handledBy(contestants);
    }

    /** Nobody measures what is left to be done of what was before. */
    Cost.Meter meter() {
        server.settle(db);
        return new Cost.Meter(server, source, contestant());
    }

    /** Adds records that are in no run. */
    void add(int records, boolean withKeys) {
        if (withKeys) {
            orders.addWithKeys(records);
        } else {
            orders.add(records);
        }
    }

    void pause() {
        db.sql("insert into flow_control (flow_name, paused_by) values ('run_orders', 'bench')")
                .update();
    }

    void resume() {
        db.sql("delete from flow_control").update();
    }

    void startRun() {
        db.sql(
                        "insert into processing_queue (flow_name, payload) values ('run_starts', jsonb_build_object('after', %d))"
                                .formatted(WARM_UP))
                .update();
    }

    /** The only run; as one that is not there yet before it has started. */
    Look look() {
        return db.sql(LOOK).query(Look.class).optional().orElse(new Look("none", 0, 0, null, false));
    }

    void awaitDiscovered() throws InterruptedException {
        Patience.of(PATIENCE).await("all pages", Duration.ofMillis(20), () -> look().discoverySeconds() != null);
    }

    void awaitDone(int records) throws InterruptedException {
        Patience.of(PATIENCE)
                .await(
                        "all records",
                        Duration.ofMillis(10),
                        () -> handled() >= WARM_UP + records && orders.left() == 0);
    }

    End awaitEnd() throws InterruptedException {
        Patience.of(PATIENCE).await("the end of the run", Duration.ofMillis(50), () -> look().ended());
        return db.sql(END)
                .param(
                        "run",
                        db.sql("select id from processing_run")
                                .query(Long.class)
                                .single())
                .query(End.class)
                .single();
    }

    /** Whether each was handled once and has written one row. */
    boolean isExactly(int records) throws InterruptedException {
        return Tally.of(contestants).isExactly(WARM_UP + records) & Written.once(db, WARM_UP + records);
    }

    @Override
    public void close() throws InterruptedException {
        Worker.close(contestants);
    }
}
