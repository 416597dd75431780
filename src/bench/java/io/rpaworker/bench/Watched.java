package io.rpaworker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What it costs that each of four replicas is asked for everything once a second while it works. */
final class Watched {

    private static final int REPLICAS = 4;
    private static final int WARM_UP = 50_000;
    private static final List<String> ASKED = List.of(
            "prometheus",
            "health",
            "queue",
            "queuehealth",
            "queuemonitor",
            "diagnostics",
            "performance",
            "workers",
            "flows");

    private final Setup setup;
    private final Server server;
    private final int rounds = Options.number("rounds");
    private final int records = Options.number("table-records");
    private final List<String> asked;
    private final AtomicInteger answers = new AtomicInteger();

    Watched(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
        List<String> chosen = Options.words("asked");
        this.asked = chosen.isEmpty() ? ASKED : chosen;
    }

    private enum By {
        NOBODY,
        SCRAPES,
        EVERYBODY
    }

    boolean run() throws Exception {
        JdbcClient db = server.create(Worker.DATABASE);
        List<Contestant> contestants = new Worker(setup, REPLICAS).start(server, "orders");
        Map<By, List<Drain>> drains = new EnumMap<>(By.class);
        try {
            var orders = new Orders(db, "orders");
            orders.add(WARM_UP);
            orders.awaitDone(Duration.ofMinutes(5), () -> Contestant.handledBy(contestants));
            for (int round = 0; round < rounds; round++) {
                for (By by : By.values()) {
                    drains.computeIfAbsent(by, it -> new ArrayList<>()).add(measure(by, orders, contestants));
                }
            }
        } finally {
            Worker.close(contestants);
        }
        print(drains);
        return drains.values().stream().flatMap(List::stream).allMatch(Drain::exact);
    }

    private Drain measure(By by, Orders orders, List<Contestant> contestants) throws InterruptedException {
        double due = orders.fill(server, records, Duration.ofSeconds(6 + records / 30_000));
        answers.set(0);
        List<ScheduledExecutorService> onlookers = switch (by) {
            case NOBODY -> List.of();
            case SCRAPES -> onlookers(List.of("prometheus"));
            case EVERYBODY -> onlookers(asked);
        };
        try {
            Drain drain = new Race(server, contestants, records, () -> Orders.sleepUntil(due), orders::left).run();
            System.out.printf(
                    Locale.ROOT,
                    "  watched by %s: %,.0f/s, CPU ms PostgreSQL %.4f own %.4f, others %.0f %%, %d answers%n",
                    by.name().toLowerCase(Locale.ROOT),
                    drain.perSecond(),
                    drain.databaseMillis(),
                    drain.ownMillis(),
                    100 * drain.foreign(),
                    answers.get());
            return drain;
        } finally {
            onlookers.forEach(ScheduledExecutorService::shutdownNow);
        }
    }

    private List<ScheduledExecutorService> onlookers(List<String> endpoints) {
        var onlookers = new ArrayList<ScheduledExecutorService>();
        for (int replica = 0; replica < REPLICAS; replica++) {
            Management management = Worker.management(replica);
            ScheduledExecutorService onlooker = Executors.newSingleThreadScheduledExecutor();
            onlooker.scheduleAtFixedRate(() -> look(management, endpoints), 0, 1, TimeUnit.SECONDS);
            onlookers.add(onlooker);
        }
        return onlookers;
    }

    private void look(Management management, List<String> endpoints) {
        for (String endpoint : endpoints) {
            if (management.answers("/actuator/" + endpoint)) {
                answers.incrementAndGet();
            }
        }
    }

    private void print(Map<By, List<Drain>> drains) {
        System.out.printf(
                "%n### Drain by %d replicas, %,d records, medians of %d rounds; asked every second: %s%n%n",
                REPLICAS, records, rounds, String.join(", ", asked));
        System.out.println("| watched by | records/s | CPU ms PostgreSQL | of nobody's | CPU ms own | others |");
        System.out.println("|---|---|---|---|---|---|");
        double alone = Table.median(drains.getOrDefault(By.NOBODY, List.of()), Drain::databaseMillis);
        drains.forEach((by, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %.4f | %.3f | %.4f | %.0f %% |%n",
                by.name().toLowerCase(Locale.ROOT),
                Table.median(all, Drain::perSecond),
                Table.median(all, Drain::databaseMillis),
                Table.median(all, Drain::databaseMillis) / alone,
                Table.median(all, Drain::ownMillis),
                100 * Table.median(all, Drain::foreign)));
    }
}
