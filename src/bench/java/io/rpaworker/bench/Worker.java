package io.rpaworker.bench;

import io.rpaworker.bench.handler.OrderHandler;
import io.rpaworker.testing.HandlerJar;
import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** This worker: the executable jar with a handler jar beside it, started as its image starts it. */
final class Worker implements Contender {

    static final String DATABASE = "rpa";
    static final int FIRST_PORT = 18_200;

    private final Setup setup;
    private final int processes;
    private final String memory;
    private final List<String> settings;

    /**
     * So many replicas.
     *
     * @param settings beyond the defaults, as on the command line
     */
    Worker(Setup setup, int processes, String... settings) {
        this(setup, processes, "-Xmx1g", List.of(settings));
    }

    /**
     * So many replicas with so much memory.
     *
     * @param memory as an option of the JVM
     */
    Worker(Setup setup, int processes, String memory, List<String> settings) {
        this.setup = setup;
        this.processes = processes;
        this.memory = memory;
        this.settings = settings;
    }

    @Override
    public String name() {
        return processes == 1 ? "rpa-worker" : "rpa-worker, %d processes".formatted(processes);
    }

    @Override
    public Drain drain(Server server, int records, boolean writing) throws IOException, InterruptedException {
        String flow = writing ? "written_orders" : "orders";
        JdbcClient db = server.create(DATABASE);
        var contestants = start(server, flow);
        try {
            Written.createTable(db);
            var orders = new Orders(db, flow);
            double due = orders.fill(server, records, Duration.ofSeconds(6 + records / 30_000));
            var race = new Race(server, contestants, records, () -> Orders.sleepUntil(due), orders::left);
            return race.run().andExactly(!writing || Written.once(db, records));
        } finally {
            close(contestants);
        }
    }

    /** Starts the replicas on a database that they create their tables in, and waits until they are ready. */
    List<Contestant> start(Server server, String... flows) throws IOException, InterruptedException {
        WorkerImage image = setup.image();
        Path handlers = Files.createDirectories(image.folder().resolve("handlers"));
        HandlerJar.ofPackage(OrderHandler.class, handlers.resolve("orders.jar"));
        var contestants = new ArrayList<Contestant>();
        for (int i = 0; i < processes; i++) {
            contestants.add(Contestant.start(
                    command(image, server, management(i), flows),
                    image.folder(),
                    image.folder().resolve("worker-%d.txt".formatted(i))));
        }
        for (int i = 0; i < processes; i++) {
            management(i).awaitReady(contestants.get(i));
        }
        return contestants;
    }

    /** The management port of a replica. */
    static Management management(int replica) {
        return new Management(FIRST_PORT + 2 * replica + 1);
    }

    static void close(List<Contestant> contestants) throws InterruptedException {
        for (Contestant contestant : contestants) {
            contestant.close();
        }
    }

    private List<String> command(WorkerImage image, Server server, Management management, String... flows) {
        List<String> command = image.command(true, List.of(memory));
        command.addAll(List.of(
                "--spring.datasource.url=" + server.url(DATABASE),
                "--spring.datasource.username=postgres",
                "--management.server.port=" + management.port(),
                "--rpa.flows.survey_processor.enabled=false"));
        for (String flow : flows) {
            command.add("--rpa.flows." + flow + ".enabled=true");
            command.add("--rpa.flows." + flow + ".batch-size=500");
        }
        command.addAll(settings);
        String chosen = Options.text("settings");
        if (!chosen.isBlank()) {
            command.addAll(List.of(chosen.split(" ")));
        }
        return command;
    }
}
