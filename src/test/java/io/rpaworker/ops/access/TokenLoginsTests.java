package io.rpaworker.ops.access;

import static io.rpaworker.ops.access.Passwords.PASSWORD;
import static io.rpaworker.ops.access.RawHttp.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.access.RawHttp.Reply;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

@ExtendWith(OutputCaptureExtension.class)
class TokenLoginsTests {

    private static final String DATA = "/actuator/deadletters";

    @TempDir
    Path folder;

    @Test
    void takesItsIssuersTokensAndNoOthersBesidePasswords(CapturedOutput output) {
        try (var issuer = Issuer.start();
                var worker = worker(issuer.uri())
                        .property("rpa.access.jwt.audience", Issuer.AUDIENCE)
                        .property("rpa.access.jwt.roles-claim", "realm_access.roles")
                        .property(
                                "rpa.access.users-file",
                                Passwords.fileOfEveryRole(folder).toString())
                        .start()) {
            assertThat(issuer.asked()).isZero();

            Reply reply = get(worker, issuer.nestedRoles("operator", "something"));

            assertThat(reply.status()).isEqualTo(200);
            JsonNode who = RawHttp.get(
                            worker, "/actuator/info", "Bearer " + issuer.nestedRoles("operator", "something"))
                    .json();
            assertThat(who.at("/name").asString()).isEqualTo("alice");
            assertThat(who.at("/roles").toString())
                    .contains("ROLE_viewer", "ROLE_operator")
                    .doesNotContain("admin");
            assertThat(RawHttp.get(worker, DATA, basic("viewer", PASSWORD)).status())
                    .isEqualTo(200);

            Reply without = get(worker, issuer.token("admin"));
            assertThat(without.status()).isEqualTo(403);
            assertThat(without.json().at("/context/needs").asString()).isEqualTo("viewer");
            for (String token : List.of(
                    issuer.expired(),
                    issuer.endless(),
                    issuer.notYet(),
                    issuer.ofAnotherIssuer(),
                    issuer.forSomebodyElse(),
                    issuer.forged(),
                    issuer.signedByPublicKey(),
                    issuer.unsigned(),
                    issuer.ofKind("secevent+jwt"),
                    issuer.ofInventedKey("invented"),
                    "nonsense",
                    "a.b.c")) {
                Reply refused = get(worker, token);
                assertThat(refused.status()).as(token).isEqualTo(401);
                assertThat(refused.header("WWW-Authenticate")).contains("Basic realm", " | Bearer realm");
            }
            // Where its keys are, and its keys.
            assertThat(issuer.asked()).isEqualTo(2);
        }
        assertThat(output.getAll()).doesNotContain("eyJ");
    }

    @Test
    void anIssuerThatIsAwayStopsNothingAndLetsNobodyIn(CapturedOutput output) throws IOException {
        int port = freePort();
        try (var worker = worker("http://localhost:" + port).start()) {
            String token;
            try (var issuer = Issuer.start(port)) {
                token = issuer.token("viewer");
            }
            for (int i = 0; i < 5; i++) {
                Reply reply = get(worker, token);
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("Retry-After")).isEqualTo("10");
                assertThat(reply.json().at("/error_type").asString()).isEqualTo("unavailable");
            }
            assertThat(RawHttp.get(worker, "/actuator/health/liveness", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
            assertThat(RawHttp.get(worker, "/actuator/queue", null).status()).isEqualTo(200);
        }
        assertThat(output.getAll())
                .containsOnlyOnce("can be checked, and none is taken")
                .doesNotContain("\tat ");
    }

    @Test
    void whereNoKeyIsKnownNoTokenIsWrong() {
        try (var issuer = Issuer.start();
                var worker = worker(issuer.uri()).start()) {
            issuer.answerKeysWith(500);
            for (int i = 0; i < 5; i++) {
                Reply reply = get(worker, issuer.token("viewer"));
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.header("Retry-After")).isEqualTo("10");
            }
        }
    }

    @Test
    void theLogHasNoSecretOfAnAddress(CapturedOutput output) throws IOException {
        int port = freePort();
        for (String address : List.of("issuer-uri", "jwk-set-uri")) {
            try (var issuer = Issuer.start(port);
                    var worker = worker("http://user:hunter2@localhost:%d/?key=hunter3".formatted(port))
                            .property(
                                    "rpa.access.jwt." + address,
                                    "http://user:hunter2@localhost:%d/nothing?key=hunter3".formatted(port))
                            .start()) {
                assertThat(get(worker, issuer.token("viewer")).status()).isEqualTo(503);
            }
        }
        assertThat(output.getAll())
                .contains("No token of http://localhost:%d/".formatted(port), "FileNotFoundException")
                .doesNotContain("hunter");
    }

    @Test
    void asksForKeysWhereItIsTold() {
        try (var issuer = Issuer.start();
                var worker = worker(issuer.uri())
                        .property("rpa.access.jwt.jwk-set-uri", issuer.uri() + "/keys")
                        .start()) {
            assertThat(get(worker, issuer.token("viewer")).status()).isEqualTo(200);
            assertThat(get(worker, issuer.ofKind("at+jwt")).status()).isEqualTo(200);
            assertThat(issuer.asked()).isEqualTo(1);
        }
    }

    private static TestWorker.Builder worker(String issuer) {
        return OpenEndpoints.open(TestWorker.on(Postgres.migrated()))
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("rpa.access.jwt.issuer-uri", issuer);
    }

    private static Reply get(TestWorker worker, String token) {
        return RawHttp.get(worker, DATA, "Bearer " + token);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
