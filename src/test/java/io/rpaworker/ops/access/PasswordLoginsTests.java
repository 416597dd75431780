package io.rpaworker.ops.access;

import static io.rpaworker.ops.access.Passwords.PASSWORD;
import static io.rpaworker.ops.access.RawHttp.basic;
import static io.rpaworker.ops.access.RawHttp.newAddress;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.access.RawHttp.Reply;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

@ExtendWith(OutputCaptureExtension.class)
class PasswordLoginsTests {

    private static final String DATA = "/actuator/deadletters";

    @TempDir
    Path folder;

    private Path file;
    private TestWorker worker;

    @BeforeEach
    void start() {
        file = Passwords.fileOfEveryRole(folder);
        worker = OpenEndpoints.open(TestWorker.on(Postgres.migrated()))
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("rpa.access.users-file", file.toString())
                // Boot believes forwarded addresses there, unless it is told not to.
                .property("spring.main.cloud-platform", "kubernetes")
                .start();
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @Test
    void whoHasNotLoggedInIsAskedTo() {
        Reply reply = get(DATA, null);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).isEqualTo("Basic realm=\"rpa-worker\", charset=\"UTF-8\"");
        assertThat(reply.json().propertyNames())
                .containsExactly("status", "error", "error_type", "timestamp", "context");
        assertThat(reply.json().at("/status").asString()).isEqualTo("failed");
        assertThat(reply.json().at("/error_type").asString()).isEqualTo("unauthorized");
        assertThat(Instant.parse(reply.json().at("/timestamp").asString())).isAfter(Instant.EPOCH);
        assertThat(reply.head()).doesNotContain("Set-Cookie").contains("X-Content-Type-Options: nosniff");
        assertThat(get(DATA, "Basic nonsense").status()).isEqualTo(401);
    }

    @Test
    void eachRoleIncludesThoseBeforeIt() {
        assertThat(roles("viewer")).containsExactly("viewer");
        assertThat(roles("operator")).containsExactly("viewer", "operator");
        assertThat(roles("admin")).containsExactly("viewer", "operator", "admin");
    }

    // An endpoint that is open asks as well.
    private List<String> roles(String name) {
        return get("/actuator/info", basic(name, PASSWORD))
                .json()
                .at("/roles")
                .valueStream()
                .map(it -> it.asString().replaceFirst("^ROLE_", ""))
                .filter(List.of("viewer", "operator", "admin")::contains)
                .toList();
    }

    @Test
    void aFileThatIsReplacedIsReadAgain() throws IOException {
        assertThat(get(DATA, basic("bob", PASSWORD)).status()).isEqualTo(401);
        assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(200);
        assertThat(get(DATA, basic("operator", PASSWORD)).status()).isEqualTo(200);

        Path next = Passwords.write(
                folder.resolve("next"),
                Passwords.line("bob", "viewer"),
                "operator:%s:operator".formatted(new BCryptPasswordEncoder(10).encode("new")));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

        worker.until(() -> get(DATA, basic("bob", PASSWORD)).status() == 200);
        assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(401);
        assertThat(get(DATA, basic("operator", PASSWORD)).status()).isEqualTo(401);
        assertThat(get(DATA, basic("operator", "new")).status()).isEqualTo(200);
    }

    @Test
    void ofAWrongFileNothingNewIsTakenAndWhoIsNotInItIsOut(CapturedOutput output) throws IOException {
        assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(200);
        assertThat(get(DATA, basic("operator", PASSWORD)).status()).isEqualTo(200);

        Passwords.write(file, Passwords.line("viewer"), Passwords.line("bob", "viewer"), "eve:hunter2:viewer");

        worker.until(() -> get(DATA, basic("operator", PASSWORD)).status() == 401);
        assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(200);
        assertThat(get(DATA, basic("bob", PASSWORD)).status()).isEqualTo(401);
        assertThat(output.getAll())
                .containsOnlyOnce("is not as it should be, line 3: the second field is no hash")
                .doesNotContain("hunter2", Passwords.HASH, PASSWORD);

        Files.delete(file);

        worker.until(() -> get(DATA, basic("viewer", PASSWORD)).status() == 401);
        assertThat(output.getAll()).containsOnlyOnce("is not as it should be, there is no such file");
    }

    @Test
    void aRightLoginIsNotHashedAgainForAWhile() {
        get(DATA, basic("viewer", PASSWORD));

        long asked = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(200);
        }

        // A hash alone takes some 50 ms.
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void whoFailsTooOftenHasToWaitAndNobodyElse() {
        String stranger = newAddress();
        String forwarded = "X-Forwarded-For: 10.9.8.7\r\nAuthorization: " + basic("viewer", "wrong") + "\r\n";
        for (int i = 0; i < FailedLogins.MOST_OF_A_NAME; i++) {
            assertThat(RawHttp.askWith(worker.port(true), "GET", DATA, forwarded.replace("10.9", "10." + i), stranger)
                            .status())
                    .isEqualTo(401);
        }

        Reply refused = RawHttp.ask(worker.port(true), "GET", DATA, basic("viewer", PASSWORD), stranger);

        assertThat(refused.status()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
        assertThat(refused.json().at("/error_type").asString()).isEqualTo("too_many_failures");
        assertThat(get(DATA, basic("viewer", PASSWORD)).status()).isEqualTo(200);
        assertThat(RawHttp.ask(worker.port(true), "GET", DATA, basic("admin", PASSWORD), stranger)
                        .status())
                .isEqualTo(200);
        assertThat(RawHttp.ask(worker.port(true), "GET", "/actuator/queue", null, stranger)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void ofManyGuessesAtOnceNoMoreAreTriedThanOneByOne() {
        String stranger = newAddress();
        var replies = new ArrayList<Integer>();
        do {
            replies.addAll(atOnce(
                    40,
                    i -> RawHttp.ask(worker.port(true), "GET", DATA, basic("viewer", "guess" + i), stranger)
                            .status()));
        } while (!replies.contains(429));

        // Of the two that are hashed at a time one may not have failed yet when the other one asks.
        assertThat(replies.stream().filter(it -> it == 401).count())
                .isBetween((long) FailedLogins.MOST_OF_A_NAME, FailedLogins.MOST_OF_A_NAME + 1L);
        assertThat(replies).containsOnly(401, 429, 503);
    }

    @Test
    void aRightLoginForgivesTheWrongOnesBeforeIt() {
        String here = newAddress();
        for (String password : List.of(PASSWORD, "wrong")) {
            for (int i = 1; i < FailedLogins.MOST_OF_A_NAME; i++) {
                assertThat(RawHttp.ask(worker.port(true), "GET", DATA, basic("viewer", "wrong"), here)
                                .status())
                        .isEqualTo(401);
            }
            assertThat(RawHttp.ask(worker.port(true), "GET", DATA, basic("viewer", password), here)
                            .status())
                    .isEqualTo(password.equals(PASSWORD) ? 200 : 401);
        }
    }

    @Test
    void anUnknownNameTakesAsLongAsAWrongPassword() {
        long known = quickest("viewer");
        long unknown = quickest("nobody");

        assertThat((double) unknown / known).isBetween(0.4, 2.5);
    }

    private long quickest(String name) {
        return IntStream.range(0, 5)
                .mapToLong(i -> {
                    long asked = System.nanoTime();
                    assertThat(get(DATA, basic(name, "wrong" + i)).status()).isEqualTo(401);
                    return System.nanoTime() - asked;
                })
                .min()
                .orElseThrow();
    }

    @Test
    void probesAreAnsweredBesideManyLoginsAndNobodyIsAskedForThem() {
        var logins = CompletableFuture.supplyAsync(() -> atOnce(
                16,
                i -> RawHttp.ask(worker.port(true), "GET", DATA, basic("viewer", "x" + i), newAddress())
                        .status()));
        var times = new ArrayList<Duration>();
        do {
            long asked = System.nanoTime();
            assertThat(get("/actuator/health/liveness", basic("viewer", "wrong"))
                            .status())
                    .isEqualTo(200);
            times.add(Duration.ofNanos(System.nanoTime() - asked));
        } while (!logins.isDone());

        assertThat(logins.join()).contains(401).isSubsetOf(401, 503);
        assertThat(times).allMatch(it -> it.compareTo(Duration.ofSeconds(1)) < 0);
        assertThat(get("/actuator/health/readiness", "Bearer nonsense").status())
                .isNotEqualTo(401);
        assertThat(get("/actuator/prometheus", basic("viewer", "wrong")).status())
                .isEqualTo(200);
    }

    private Reply get(String path, @Nullable String authorization) {
        return RawHttp.ask(worker.port(true), "GET", path, authorization, newAddress());
    }

    private static List<Integer> atOnce(int count, IntFunction<Integer> ask) {
        try (var threads = Executors.newFixedThreadPool(count)) {
            return IntStream.range(0, count)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> ask.apply(i), threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }
}
