package io.rpaworker.ops.access;

import static io.rpaworker.ops.access.Passwords.PASSWORD;
import static io.rpaworker.ops.access.RawHttp.basic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.ops.access.RawHttp.Reply;
import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The chain in the whole worker: on which ports, against whom, and what stops a start. */
@ExtendWith(OutputCaptureExtension.class)
class AccessTests {

    private static final String DATA = "/actuator/deadletters";

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();

    @Test
    void whereNobodyCanLogInDataIsShutAndTheAnswerSaysWhatOpensIt(CapturedOutput output) {
        try (var worker = worker().start()) {
            Reply reply = RawHttp.get(worker, DATA, basic("user", "password"));

            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.header("WWW-Authenticate")).isEmpty();
            assertThat(reply.json().at("/error").asString())
                    .contains("set rpa.access.users-file or rpa.access.jwt.issuer-uri");
            assertThat(reply.json().at("/context/settings/0").asString()).isEqualTo("rpa.access.users-file");
        }
        assertThat(output.getAll()).doesNotContain("generated security password", "Global AuthenticationManager");
    }

    /** The firewall refuses it only when somebody reads it, which is when the endpoint is looked for. */
    @ParameterizedTest
    @ValueSource(strings = {"Accept: \u0085", "Accept: text/\u0001"})
    void aHeaderThatNoHonestClientSendsIsNoFailureOfTheWorkers(String header, CapturedOutput output) {
        try (var worker = worker().start()) {
            int before = output.getAll().length();

            Reply reply = RawHttp.askWith(worker.port(true), "GET", "/actuator/queue", header + "\r\n", "127.0.0.1");

            assertThat(reply.status()).isIn(400, 404);
            assertThat(output.getAll().substring(before)).doesNotContain(" WARN ", " ERROR ", "\tat ");
        }
    }

    @Test
    void whatNoHonestClientSendsIsNoFailureOfTheWorkers(CapturedOutput output) {
        try (var worker = worker().start()) {
            int before = output.getAll().length();
            var odd = new ArrayList<String>();
            var answers = new ArrayList<String>();
            for (String method : List.of("G@T", "get", "FOO", "")) {
                odd.add(method + " /actuator/queue");
            }
            for (String path : List.of(
                    "*",
                    "actuator/queue",
                    "http://somebody.example/actuator/env",
                    "//somebody.example/actuator/env",
                    "/actuator/queue%zz",
                    "/actuator/queue%",
                    "/actuator/%c0%ae%c0%ae/queue",
                    "/actuator/\u00e4",
                    "/actuator/\u0001",
                    "/actuator/queue?x=\u0001",
                    "/actuator/queue?%zz",
                    "/actuator/queue?x=%00",
                    "/actuator/{queue}",
                    "/actuator/records/%00",
                    "/actuator/flows/%0d%0aX-Odd:%20yes",
                    "/actuator/flows/" + "x".repeat(9_000))) {
                odd.add("GET " + path);
            }
            for (String request : odd) {
                int blank = request.lastIndexOf(' ');
                int status = RawHttp.ask(
                                worker.port(true),
                                request.substring(0, blank),
                                request.substring(blank + 1),
                                null,
                                "127.0.0.1")
                        .status();
                answers.add(status + " " + request);
            }
            assertThat(answers).allMatch(it -> it.startsWith("400 ") || it.startsWith("404 ") || it.startsWith("405 "));
            for (String headers : List.of("Host: a\r\n", "Content-Length: x\r\n", "X: " + "x".repeat(9_000) + "\r\n")) {
                assertThat(RawHttp.askWith(worker.port(true), "GET", "/actuator/queue", headers, "127.0.0.1")
                                .status())
                        .as(headers)
                        .isEqualTo(400);
            }
            assertThat(output.getAll().substring(before)).doesNotContain(" WARN ", " ERROR ", "\tat ");
        }
    }

    @Test
    void whatSomebodysTriggerSaysIsNotForEverybody(CapturedOutput output) {
        db.execute("""
                create function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'John pays late'; end $$;
                create trigger refuse before insert on worker_instance for each row execute function refuse()""");
        try (var worker = OpenEndpoints.open(TestWorker.on(db)).start()) {
            worker.until(() ->
                    RawHttp.get(worker, "/actuator/health", null).body().contains("raised by function refuse [P0001]"));
            for (String id : OpenEndpoints.own()) {
                assertThat(RawHttp.get(worker, "/actuator/" + id, null).body())
                        .as(id)
                        .doesNotContain("John");
            }
        }
        assertThat(output.getAll())
                .contains("raised by function refuse [P0001]")
                .doesNotContain("John");
    }

    /** Boot takes a parameter for what is asked, whatever the path is. */
    @Test
    void aProbeIsNoOtherQuestion() {
        try (var worker = worker().start()) {
            assertThat(RawHttp.get(worker, "/actuator/health/liveness?path=rpaDb", null)
                            .status())
                    .isEqualTo(404);
            assertThat(RawHttp.get(worker, "/actuator/health/liveness?pat%68=rpaDb", null)
                            .status())
                    .isEqualTo(404);
            assertThat(RawHttp.get(worker, "/actuator/health?path=a/b", null).status())
                    .isEqualTo(404);
            for (String harmless : List.of("health/liveness", "health/liveness?x=1", "health?_=17&a%62=c&paths=1")) {
                int expected = harmless.contains("%") ? 404 : 200;
                assertThat(RawHttp.get(worker, "/actuator/" + harmless, null).status())
                        .as(harmless)
                        .isEqualTo(expected);
            }
            assertThat(RawHttp.get(worker, "/actuator/health?_=17&paths=%31", null)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theChainIsInForceOnBothPorts() {
        try (var worker = worker().property("server.port", "0").start()) {
            for (boolean management : List.of(true, false)) {
                Reply reply = RawHttp.ask(worker.port(management), "GET", "/actuator/env", null, "127.0.0.1");
                assertThat(reply.status()).isEqualTo(404);
                // Spring Security's own: nothing else would have set it.
                assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(reply.json().at("/error_type").asString()).isEqualTo("not_found");
            }
            assertThat(RawHttp.ask(worker.port(false), "GET", "/actuator/queue", null, "127.0.0.1")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void theChainIsInForceWhereBothPortsAreOne() throws IOException {
        int port = freePort();
        try (var worker = users(worker())
                .property("server.port", String.valueOf(port))
                .property("management.server.port", String.valueOf(port))
                .start()) {
            assertThat(worker.port(false)).isEqualTo(port);
            assertThat(RawHttp.ask(port, "GET", "/actuator/env", null, "127.0.0.1")
                            .status())
                    .isEqualTo(404);
            assertThat(RawHttp.ask(port, "GET", DATA, null, "127.0.0.1").status())
                    .isEqualTo(401);
            assertThat(RawHttp.ask(port, "GET", DATA, basic("viewer", PASSWORD), "127.0.0.1")
                            .status())
                    .isEqualTo(200);
            assertThat(RawHttp.ask(port, "GET", "/actuator/health/liveness", null, "127.0.0.1")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void anErrorOfAnEndpointKeepsItsStatus() {
        try (var worker = worker().start()) {
            assertThat(RawHttp.askWith(
                                    worker.port(true), "GET", "/actuator/queue", "Accept: image/png\r\n", "127.0.0.1")
                            .status())
                    .isEqualTo(406);
            assertThat(RawHttp.get(worker, "/error", null).status()).isEqualTo(404);
        }
    }

    @Test
    void anotherPathForAnEndpointTakesItsRuleAlong() {
        try (var worker = worker().property("management.endpoints.web.base-path", "/manage")
                .property("management.endpoints.web.path-mapping.env", "info")
                .property("management.endpoints.web.path-mapping.info", "about")
                .start()) {
            assertThat(RawHttp.get(worker, "/manage/info", null).status()).isEqualTo(404);
            assertThat(RawHttp.get(worker, "/manage/about", null).status()).isEqualTo(200);
            assertThat(RawHttp.get(worker, "/manage/deadletters", null).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void whereAllIsClosedHealthSaysNoMoreThanItsStatus() {
        try (var worker = users(worker()).property("rpa.access.closed", "true").start()) {
            Reply nobody = RawHttp.get(worker, "/actuator/health", null);
            assertThat(nobody.status()).isEqualTo(200);
            assertThat(nobody.json().propertyNames()).doesNotContain("components", "details");
            assertThat(RawHttp.get(worker, "/actuator/health/worker", null).status())
                    .isEqualTo(404);
            assertThat(RawHttp.get(worker, "/actuator/health/liveness", basic("viewer", PASSWORD))
                            .body())
                    .isEqualTo("{\"status\":\"UP\"}");

            assertThat(RawHttp.get(worker, "/actuator/health", basic("viewer", PASSWORD))
                            .json()
                            .has("components"))
                    .isTrue();
            assertThat(RawHttp.get(worker, "/actuator/queue", null).status()).isEqualTo(401);
            assertThat(RawHttp.get(worker, "/actuator/queue", basic("viewer", PASSWORD))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theChainOfAHandlersJarIsItsOwn() {
        new HandlerProject()
                .handler("acme.H", "plain", "")
                .source("acme.Chains", """
                        @Configuration
                        public class Chains {
                            @Bean @org.springframework.core.annotation.Order(-1000)
                            org.springframework.security.web.SecurityFilterChain everything() {
                                return new org.springframework.security.web.DefaultSecurityFilterChain(request -> true);
                            }
                        }
                        """)
                .into(folder.resolve("acme.jar"));

        try (var worker = worker().property("rpa.handlers", folder.toString()).start()) {
            assertThat(RawHttp.get(worker, "/actuator/env", null).status()).isEqualTo(404);
            assertThat(RawHttp.get(worker, DATA, null).status()).isEqualTo(403);
        }
    }

    @Test
    void aUsersFileThatIsMissingOrWrongStopsTheStart(CapturedOutput output) {
        Path file = folder.resolve("users");
        var start = worker().property("rpa.access.users-file", file.toString());
        assertThatThrownBy(start::start)
                .rootCause()
                .hasMessage("rpa.access.users-file, %s: there is no such file".formatted(file));

        Passwords.write(file, Passwords.line("viewer"), "bob:{noop}hunter2:admin");
        assertThatThrownBy(start::start)
                .rootCause()
                .hasMessageStartingWith(
                        "rpa.access.users-file, %s: line 2: the second field is no hash".formatted(file));
        assertThatThrownBy(start::start)
                .satisfies(it -> assertThat(Throwables.getStackTrace(it)).doesNotContain("hunter2", Passwords.HASH));
        assertThat(output.getAll()).doesNotContain("hunter2", Passwords.HASH);
    }

    @Test
    void toCloseEverythingForEverybodyStopsTheStart() {
        var start = worker().property("rpa.access.closed", "true");

        assertThatThrownBy(start::start).hasStackTraceContaining("rpa.access.closed shuts everybody out");
    }

    private TestWorker.Builder worker() {
        return OpenEndpoints.open(TestWorker.on(db))
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false");
    }

    private TestWorker.Builder users(TestWorker.Builder worker) {
        return worker.property(
                "rpa.access.users-file", Passwords.fileOfEveryRole(folder).toString());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
