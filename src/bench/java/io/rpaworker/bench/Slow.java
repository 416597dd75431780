package io.rpaworker.bench;

import io.rpaworker.bench.Contestant.Arrival;
import io.rpaworker.bench.handler.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Slow records on several replicas with their defaults: whether they are shared out, and nothing waits behind them. */
final class Slow {

    // Of another flow: what a replica has learnt of this one's records is nothing yet.
    private static final int WARM_UP = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Setup setup;
    private final Server server;

    Slow(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    boolean run() throws Exception {
        System.out.printf("%n### Slow records on several replicas%n%n");
        var rows = new StringBuilder();
        boolean passed = true;
        for (SlowCase each : SlowCase.all()) {
            SlowRun run = measure(each);
            passed &= run.exact() && each.isMet().test(run);
            String row = row(each, run);
            System.out.println("  " + row);
            rows.append(row).append(System.lineSeparator());
        }
        System.out.printf(
                "%n| records | replicas | all begun, s | all done, s | shares | asked for | met | exactly once |%n");
        System.out.println("|---|---|---|---|---|---|---|---|");
        System.out.println(rows);
        return passed;
    }

    private static String row(SlowCase each, SlowRun run) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.2f | %.2f | %s | %s | %s | %s |",
                each.name(),
                each.replicas(),
                run.begun(),
                run.done(),
                run.shares().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                each.asked(),
                each.asked().isEmpty() ? "" : yesOrNo(each.isMet().test(run)),
                yesOrNo(run.exact()));
    }

    private static String yesOrNo(boolean is) {
        return is ? "yes" : "NO";
    }

    private SlowRun measure(SlowCase each) throws IOException, InterruptedException {
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, each.replicas()).start(server, "orders", "slow");
        try {
            var warmUp = new Orders(db, "orders");
            warmUp.add(WARM_UP);
            warmUp.awaitDone(PATIENCE, () -> Contestant.handledBy(contestants));
            server.settle(db);
            var orders = new Orders(db, "slow", each.payload(WARM_UP));
            orders.add(each.records());
            long added = Progress.micros();
            Patience.of(PATIENCE).await("those that count", Duration.ofMillis(5), () -> orders.left() <= each.aside());
            double done = (Progress.micros() - added) / 1e6;
            orders.awaitDone(PATIENCE, () -> Contestant.handledBy(contestants) - WARM_UP);
            return new SlowRun(
                    (lastBegun(contestants) - added) / 1e6,
                    done,
                    contestants.stream().map(it -> (long) it.arrivals().size()).toList(),
                    Tally.of(contestants).isExactly(WARM_UP + each.records()));
        } finally {
            Worker.close(contestants);
        }
    }

    private static long lastBegun(List<Contestant> contestants) {
        return contestants.stream()
                .flatMap(it -> it.arrivals().stream())
                .mapToLong(Arrival::micros)
                .max()
                .orElseThrow();
    }
}
