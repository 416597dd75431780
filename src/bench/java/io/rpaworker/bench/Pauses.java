package io.rpaworker.bench;

import io.rpaworker.bench.Contestant.Arrival;
import io.rpaworker.bench.handler.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How soon four replicas obey a pause, again and again, while they have more than enough to do. */
final class Pauses {

    private static final int REPLICAS = 4;
    private static final int TIMES = 20;
    private static final int MILLIS = 300;
    private static final int RECORDS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final double MOST_SECONDS = 2;

    private static final String HELD =
            "select count(*) from processing_queue where flow_name = 'slow' and status = 'processing'";

    private static final String CLAIMED_AFTER = """
            select coalesce(extract(epoch from max(q.claimed_at) - c.paused_at), -1)::double precision
            from flow_control c
            left join processing_queue q on q.flow_name = c.flow_name and q.claimed_at > c.paused_at
            where c.flow_name = 'slow'
            group by c.paused_at
            """;

    private final Setup setup;
    private final Server server;

    Pauses(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    /**
     * One pause.
     *
     * @param claimed how long after it the last claim was made, by PostgreSQL's clock; negative for none
     * @param begun how long after it the last record began
     * @param released until no more is held than slots run
     * @param drained until nothing is held
     * @param resumed from the end of the pause to the first record that begins
     */
    private record Round(double claimed, double begun, double released, double drained, double resumed) {}

    boolean run() throws Exception {
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, REPLICAS).start(server, "slow");
        var rounds = new ArrayList<Round>();
        try {
            var orders = new Orders(db, "slow", "jsonb_build_object('id', i, 'millis', %d)".formatted(MILLIS));
            orders.add(RECORDS);
            Patience.of(PATIENCE).await("the first records", LOOK, () -> begun(contestants) > 0);
            for (int i = 0; i < TIMES; i++) {
                Thread.sleep(ThreadLocalRandom.current().nextLong(1_500, 3_000));
                rounds.add(pause(db, contestants));
            }
        } finally {
            Worker.close(contestants);
        }
        print(rounds);
        return rounds.stream().allMatch(it -> it.claimed() <= MOST_SECONDS && it.released() <= MOST_SECONDS);
    }

    private static Round pause(JdbcClient db, List<Contestant> contestants) throws InterruptedException {
        int slots = REPLICAS * 16;
        db.sql("insert into flow_control (flow_name, paused_by) values ('slow', 'bench')")
                .update();
        long paused = Progress.micros();
        Patience.of(PATIENCE).await("what has not begun", LOOK, () -> held(db) <= slots);
        double released = since(paused);
        Patience.of(PATIENCE).await("what runs", LOOK, () -> held(db) == 0);
        double drained = since(paused);
        Thread.sleep(500);
        double claimed = db.sql(CLAIMED_AFTER).query(Double.class).single();
        long before = last(contestants);
        db.sql("delete from flow_control").update();
        long resumed = Progress.micros();
        Patience.of(PATIENCE).await("the first record again", LOOK, () -> last(contestants) > before);
        return new Round(claimed, (before - paused) / 1e6, released, drained, since(resumed));
    }

    private static long held(JdbcClient db) {
        return db.sql(HELD).query(Long.class).single();
    }

    private static double since(long micros) {
        return (Progress.micros() - micros) / 1e6;
    }

    private static int begun(List<Contestant> contestants) {
        return contestants.stream().mapToInt(it -> it.arrivals().size()).sum();
    }

    private static long last(List<Contestant> contestants) {
        return contestants.stream()
                .flatMap(it -> it.arrivals().stream())
                .mapToLong(Arrival::micros)
                .max()
                .orElse(0);
    }

    private static void print(List<Round> rounds) {
        System.out.printf(
                "%n### %d pauses of a flow over %d replicas, records of %d ms, seconds after the pause%n%n",
                rounds.size(), REPLICAS, MILLIS);
        System.out.println("| | median | most |");
        System.out.println("|---|---|---|");
        row(
                "last claim (negative: none)",
                rounds.stream().map(Round::claimed).sorted().toList());
        row("last record begun", rounds.stream().map(Round::begun).sorted().toList());
        row(
                "what has not begun is released",
                rounds.stream().map(Round::released).sorted().toList());
        row("nothing is held", rounds.stream().map(Round::drained).sorted().toList());
        row(
                "first record after it is resumed",
                rounds.stream().map(Round::resumed).sorted().toList());
    }

    private static void row(String what, List<Double> sorted) {
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f |%n", what, sorted.get(sorted.size() / 2), sorted.getLast());
    }
}
