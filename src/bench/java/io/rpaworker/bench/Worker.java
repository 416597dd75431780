package io.rpaworker.bench;

import io.rpaworker.bench.handler.OrderHandler;
import io.rpaworker.bench.handler.Progress;
import io.rpaworker.testing.HandlerJar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** This worker: the executable jar with a handler jar beside it, started as its image starts it. */
final class Worker implements Contender {

    static final String PAYLOAD = "jsonb_build_object('id', i, 'flow', 'orders', 'customer', 'c-' || (i % 1000),"
            + " 'amount', (i * 7 % 10000) + 0.5, 'note', 'a small payload of text')";

    private static final String DATABASE = "rpa";
    private static final int FIRST_PORT = 18_200;

    // As in the Dockerfile.
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g");

    private final Setup setup;
    private final int processes;
    private final List<String> settings;

    /**
     * So many replicas.
     *
     * @param settings beyond the defaults, as on the command line
     */
    Worker(Setup setup, int processes, String... settings) {
        this.setup = setup;
        this.processes = processes;
        this.settings = List.of(settings);
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
            db.sql("create table results (id bigint, value text)").update();
            // All fall due at one moment, when the processes have been up for a while: that is the signal to begin.
            double ahead = 4 + records / 40_000.0;
            double due = add(db, flow, records, ahead);
            server.settle(DATABASE);
            if (Progress.micros() / 1e6 > due - 1) {
                throw new IllegalStateException("Filling the queue took too long");
            }
            Drain drain = Drain.of(server, contestants, records, () -> sleepUntil(due - 0.05), () -> left(db, flow));
            return drain.andExactly(!writing || writtenOnce(db, records));
        } finally {
            for (Contestant contestant : contestants) {
                contestant.close();
            }
        }
    }

    /** Starts the replicas on a database that they create their tables in, and waits until they are ready. */
    List<Contestant> start(Server server, String... flows) throws IOException, InterruptedException {
        Path folder = setup.folder().resolve("worker");
        Path handlers = Files.createDirectories(folder.resolve("handlers"));
        HandlerJar.ofPackage(OrderHandler.class, handlers.resolve("orders.jar"));
        var contestants = new ArrayList<Contestant>();
        for (int i = 0; i < processes; i++) {
            var command = new ArrayList<String>();
            command.add(setup.java().toString());
            command.addAll(JVM);
            command.addAll(List.of(
                    "-jar",
                    setup.worker().toString(),
                    "--spring.datasource.url=" + server.url(DATABASE),
                    "--spring.datasource.username=postgres",
                    "--server.port=" + (FIRST_PORT + 2 * i),
                    "--management.server.port=" + (FIRST_PORT + 2 * i + 1),
                    "--rpa.flows.survey_processor.enabled=false"));
            for (String flow : flows) {
                command.add("--rpa.flows." + flow + ".enabled=true");
                command.add("--rpa.flows." + flow + ".batch-size=500");
            }
            command.addAll(settings);
            contestants.add(Contestant.start(command, folder, folder.resolve("worker-%d.txt".formatted(i))));
        }
        for (int i = 0; i < processes; i++) {
            awaitReady(FIRST_PORT + 2 * i + 1);
        }
        return contestants;
    }

    /** Adds records that fall due in so many seconds, and answers with that moment in seconds since 1970. */
    static double add(JdbcClient db, String flow, int records, double inSeconds) {
        db.sql("insert into processing_queue (flow_name, payload, available_at) select :flow, "
                        + PAYLOAD
                        + ", now() + make_interval(secs => :ahead) from generate_series(1, :records) i")
                .param("flow", flow)
                .param("ahead", inSeconds)
                .param("records", records)
                .update();
        return db.sql("select cast(extract(epoch from max(available_at)) as float8) from processing_queue"
                        + " where flow_name = :flow and claimed_at is null")
                .param("flow", flow)
                .query(Double.class)
                .single();
    }

    /** How many records of a flow that were due are not completed. */
    static long left(JdbcClient db, String flow) {
        return db.sql("select count(*) from processing_queue where flow_name = :flow and status <> 'completed'"
                        + " and available_at <= now()")
                .param("flow", flow)
                .query(Long.class)
                .single();
    }

    static void sleepUntil(double epochSeconds) {
        try {
            Thread.sleep(Duration.ofNanos((long) Math.max(0, epochSeconds * 1e9 - Progress.micros() * 1e3)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean writtenOnce(JdbcClient db, int records) {
        return db.sql("select count(*) = :records and count(distinct id) = :records from results")
                .param("records", records)
                .query(Boolean.class)
                .single();
    }

    private static void awaitReady(int port) throws InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://localhost:%d/actuator/health/readiness".formatted(port)))
                .timeout(Duration.ofSeconds(2))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int tries = 0; tries < 1_200; tries++) {
                try {
                    if (http.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not yet.
                }
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("The worker at port %d is not ready".formatted(port));
    }
}
