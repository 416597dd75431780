package io.rpaworker.bench;

import io.rpaworker.bench.handler.OrderHandler;
import io.rpaworker.testing.HandlerJar;
import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** This worker: the executable jar with a handler jar beside it. All that is not said here is its default. */
final class Worker {

    static final String DATABASE = "rpa";
    static final int FIRST_PORT = 18_200;

    private final Setup setup;
    private final int processes;
    private final Function<WorkerImage, List<String>> program;
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
     * So many replicas with so much memory, started as the image starts them.
     *
     * @param memory as an option of the JVM
     */
    Worker(Setup setup, int processes, String memory, List<String> settings) {
        this(setup, processes, image -> image.command(true, List.of(memory)), settings);
    }

    /**
     * One replica, started as the image starts it.
     *
     * @param jvm options beyond those
     */
    Worker(Setup setup, List<String> jvm, List<String> settings) {
        this(setup, 1, image -> image.command(true, jvm), settings);
    }

    private Worker(Setup setup, int processes, Function<WorkerImage, List<String>> program, List<String> settings) {
        this.setup = setup;
        this.processes = processes;
        this.program = program;
        this.settings = settings;
    }

    /** One replica, started by {@code java -jar} and nothing else. */
    static Worker ofJar(Setup setup) {
        return new Worker(
                setup,
                1,
                image -> List.of(setup.java().toString(), "-jar", setup.worker().toString()),
                List.of());
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
        var command = new ArrayList<>(program.apply(image));
        command.addAll(List.of(
                "--spring.datasource.url=" + server.url(DATABASE),
                "--spring.datasource.username=postgres",
                "--management.server.port=" + management.port(),
                "--rpa.flows.survey_processor.enabled=false"));
        for (String flow : flows) {
            command.add("--rpa.flows." + flow + ".enabled=true");
        }
        command.addAll(settings);
        command.addAll(Options.words("settings"));
        return command;
    }
}
