package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.access.RawHttp.Reply;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Whatever makes requests wait, scrapes are answered, and so is what waits for nothing. */
class WaitingRequestsTests {

    private static final int CLIENTS = 30;
    private static final String DATA = "/actuator/deadletters";

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();

    private record Seen(List<Reply> scrapes, List<Duration> times, List<Reply> infos, Queue<Reply> crowd) {}

    @Test
    void besideAnIssuerThatIsSilent() throws IOException {
        try (var silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                var worker = worker().property("rpa.access.jwt.issuer-uri", "http://localhost:" + silent.getLocalPort())
                        .start();
                var issuer = Issuer.start()) {
            String token = "Bearer " + issuer.token("viewer");
            Seen seen = beside(worker, client -> RawHttp.ask(worker.port(true), "GET", DATA, token, "127.0.0.1"));

            areAnswered(seen);
            assertThat(seen.crowd).allMatch(it -> it.status() == 503);
            assertThat(seen.crowd).anyMatch(it -> it.header("Retry-After").equals("10"));
        }
    }

    @Test
    void besidePasswordsThatTakeLong() {
        Path users = Passwords.write(
                folder.resolve("users"),
                "viewer:%s:viewer".formatted(new BCryptPasswordEncoder(12).encode(Passwords.PASSWORD)));
        try (var worker =
                worker().property("rpa.access.users-file", users.toString()).start()) {
            Seen seen = beside(
                    worker,
                    client -> RawHttp.ask(
                            worker.port(true),
                            "GET",
                            DATA,
                            RawHttp.basic("viewer", "guess" + client),
                            RawHttp.newAddress()));

            areAnswered(seen);
            assertThat(seen.crowd).allMatch(it -> it.status() == 401 || it.status() == 503);
            assertThat(seen.crowd).anyMatch(it -> it.header("Retry-After").equals("1"));
        }
    }

    @Test
    void besideAnRpaDbThatIsSilent() {
        try (var network = new Network(db);
                var worker = worker().property("spring.datasource.url", network.url())
                        .start()) {
            network.whileSilent(() -> {
                Seen seen = beside(
                        worker,
                        client -> RawHttp.ask(worker.port(true), "GET", "/actuator/workers", null, "127.0.0.1"));

                areAnswered(seen);
                assertThat(seen.crowd).allMatch(it -> it.status() == 503);
                assertThat(seen.crowd)
                        .anyMatch(it -> it.body().contains("Too many questions are under way"))
                        .anyMatch(it -> it.body().contains("rpa_db does not answer within 5 s"));
            });
        }
    }

    /** All who wait wait for one count. */
    @Test
    void besideACountThatNeverEnds() {
        try (var network = new Network(db);
                var worker = worker().property("spring.datasource.url", network.url())
                        .start()) {
            network.whileSilent(() -> {
                Seen seen = beside(
                        worker, client -> RawHttp.ask(worker.port(true), "GET", "/actuator/queue", null, "127.0.0.1"));

                areAnswered(seen);
            });
        }
    }

    private static void scrapesAreAnswered(Seen seen) {
        assertThat(seen.scrapes).allMatch(it -> it.status() == 200);
        assertThat(seen.times).allMatch(it -> it.compareTo(Duration.ofSeconds(2)) < 0);
    }

    private static void areAnswered(Seen seen) {
        scrapesAreAnswered(seen);
        // While many are being refused, one may find no place; not each time.
        assertThat(seen.infos.stream().filter(it -> it.status() == 200).count())
                .isGreaterThanOrEqualTo(seen.infos.size() / 2);
    }

    private static Seen beside(TestWorker worker, Function<Integer, Reply> ask) {
        get(worker, "/actuator/prometheus");
        var seen = new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ConcurrentLinkedQueue<>());
        var enough = new CountDownLatch(1);
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.execute(() -> {
                    do {
                        seen.crowd.add(ask.apply(client));
                    } while (!isOver(enough));
                });
            }
            worker.until(() -> !seen.crowd.isEmpty());
            for (int i = 0; i < 10; i++) {
                long asked = System.nanoTime();
                seen.scrapes.add(get(worker, "/actuator/prometheus"));
                seen.times.add(Duration.ofNanos(System.nanoTime() - asked));
                seen.infos.add(get(worker, "/actuator/info"));
            }
            enough.countDown();
        }
        return seen;
    }

    private static boolean isOver(CountDownLatch enough) {
        try {
            return enough.await(200, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static Reply get(TestWorker worker, String path) {
        return RawHttp.ask(worker.port(true), "GET", path, null, "127.0.0.1");
    }

    private TestWorker.Builder worker() {
        return OpenEndpoints.open(TestWorker.on(db))
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false");
    }
}
