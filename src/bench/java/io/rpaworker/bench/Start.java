package io.rpaworker.bench;

import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From the start of the process to readiness, taken apart and trained as in the image, with and without its cache. */
final class Start {

    private static final int ROUNDS = 5;

    private final Setup setup;
    private final Server server;

    Start(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    /**
     * One start.
     *
     * @param seconds from the process to its readiness
     * @param cpu seconds of its CPU until then
     */
    private record Ready(double seconds, double cpu) {}

    boolean run() throws IOException, InterruptedException {
        WorkerImage image = setup.image();
        server.create(Worker.DATABASE);
        // Not measured: makes the tables, and brings the files into memory.
        start(image, false);
        start(image, true);
        var without = new ArrayList<Ready>();
        var with = new ArrayList<Ready>();
        for (int round = 0; round < ROUNDS; round++) {
            without.add(start(image, false));
            with.add(start(image, true));
        }
        System.out.printf("%n### Start to readiness, %d rounds%n%n", ROUNDS);
        System.out.println("| | s [range] | CPU s |");
        System.out.println("|---|---|---|");
        print("without AOT cache", without);
        print("with AOT cache", with);
        System.out.printf(Locale.ROOT, "%nratio %.2f%n", seconds(with) / seconds(without));
        return true;
    }

    private static void print(String name, List<Ready> starts) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f [%.2f..%.2f] | %.2f |%n",
                name,
                seconds(starts),
                starts.stream().mapToDouble(Ready::seconds).min().orElse(0),
                starts.stream().mapToDouble(Ready::seconds).max().orElse(0),
                Figures.median(starts.stream().mapToDouble(Ready::cpu).toArray()));
    }

    private static double seconds(List<Ready> starts) {
        return Figures.median(starts.stream().mapToDouble(Ready::seconds).toArray());
    }

    private Ready start(WorkerImage image, boolean cached) throws IOException, InterruptedException {
        List<String> command = image.command(cached, List.of("-Xmx256m"));
        command.addAll(List.of(
                "--spring.datasource.url=" + server.url(Worker.DATABASE),
                "--spring.datasource.username=postgres",
                "--management.server.port=" + Worker.management(0).port()));
        long began = System.nanoTime();
        try (Contestant worker =
                Contestant.start(command, image.folder(), image.folder().resolve("console.txt"))) {
            Worker.management(0).awaitReady(worker);
            var ready = new Ready((System.nanoTime() - began) / 1e9, worker.cpuSeconds());
            System.out.printf(
                    Locale.ROOT,
                    "  %s: %.2f s, CPU %.2f s%n",
                    cached ? "with AOT cache" : "without AOT cache",
                    ready.seconds,
                    ready.cpu);
            return ready;
        }
    }
}
