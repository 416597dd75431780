package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** From the start of the process to readiness, taken apart and trained as in the image, with and without its cache. */
final class Start {

    private static final int ROUNDS = 5;

    // As in the Dockerfile, where the heap depends on the memory limit.
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    // Beyond the Dockerfile: a cache that cannot be used would otherwise only make the start slower.
    private static final List<String> CACHE = List.of("-XX:AOTCache=app.aot", "-XX:AOTMode=on");

    private final Setup setup;
    private final Server server;
    private final Path folder;

    Start(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
        this.folder = setup.folder().resolve("start");
    }

    /**
     * One start.
     *
     * @param seconds from the process to its readiness
     * @param cpu seconds of its CPU until then
     */
    private record Ready(double seconds, double cpu) {}

    boolean run() throws IOException, InterruptedException {
        takeApart();
        train();
        server.create(Worker.DATABASE);
        // Not measured: makes the tables, and brings the files into memory.
        start(List.of());
        start(CACHE);
        var without = new ArrayList<Ready>();
        var with = new ArrayList<Ready>();
        for (int round = 0; round < ROUNDS; round++) {
            without.add(start(List.of()));
            with.add(start(CACHE));
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

    private Ready start(List<String> options) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(setup.java().toString());
        command.addAll(JVM);
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                "application.jar",
                "--spring.datasource.url=" + server.url(Worker.DATABASE),
                "--spring.datasource.username=postgres",
                "--server.port=" + Worker.FIRST_PORT,
                "--management.server.port=" + Worker.management(0).port()));
        long began = System.nanoTime();
        try (Contestant worker = Contestant.start(command, folder, folder.resolve("console.txt"))) {
            Worker.management(0).awaitReady(worker);
            var ready = new Ready((System.nanoTime() - began) / 1e9, worker.cpuSeconds());
            System.out.printf(
                    Locale.ROOT,
                    "  %s: %.2f s, CPU %.2f s%n",
                    options.isEmpty() ? "without AOT cache" : "with AOT cache",
                    ready.seconds,
                    ready.cpu);
            return ready;
        }
    }

    private void takeApart() throws IOException, InterruptedException {
        FileSystemUtils.deleteRecursively(folder);
        Path build = Files.createDirectories(folder.resolve("build"));
        Files.copy(setup.worker(), build.resolve("application.jar"));
        setup.run(
                List.of(
                        setup.java().toString(),
                        "-Djarmode=tools",
                        "-jar",
                        "application.jar",
                        "extract",
                        "--layers",
                        "--destination",
                        "extracted"),
                build);
        try (Stream<Path> layers = Files.list(build.resolve("extracted"))) {
            for (Path layer : layers.toList()) {
                FileSystemUtils.copyRecursively(layer, folder);
            }
        }
    }

    private void train() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(setup.java().toString());
        command.addAll(JVM);
        command.addAll(List.of(
                "-XX:AOTCacheOutput=app.aot",
                "-Dspring.context.exit=onRefresh",
                "-jar",
                "application.jar",
                "--spring.flyway.enabled=false",
                "--spring.datasource.url=jdbc:postgresql://localhost:1/none",
                "--spring.datasource.hikari.initialization-fail-timeout=-1"));
        setup.run(command, folder);
    }
}
