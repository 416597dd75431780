package io.rpaworker.ops.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.access.RawHttp.Reply;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Every endpoint of the class path, each opened as far as settings can, by everybody, with every method, and in every
 * way of writing its path. What is to come back is said by {@link #expected}, which knows nothing of the program.
 */
@ExtendWith(OutputCaptureExtension.class)
class AccessMatrixTests {

    private static final Set<String> METRICS = Set.of("prometheus");
    private static final Set<String> PROBES = Set.of("health/liveness", "health/readiness");
    private static final Set<String> STATE =
            Set.of("info", "queue", "queuemonitor", "queuehealth", "diagnostics", "performance", "workers", "flows");
    private static final Set<String> DATA = Set.of("records", "deadletters", "actions", "maintenance", "runs");
    private static final Set<String> ACTING = Set.of("flows", "records", "deadletters", "maintenance", "runs");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND");

    private static final String SLASH_AT_THE_END = "slash at the end";
    private static final String QUERY = "query";
    private static final String QUERY_OF_A_PROBE = "query of a probe";

    // What proxies and frameworks take for the path, the method or the client's own address, if they believe it.
    private static final String BELIEVED = """
            X-Original-URL: /actuator/health/liveness\r
            X-Rewrite-URL: /actuator/health/liveness\r
            X-Forwarded-Prefix: /actuator/health/liveness\r
            X-Forwarded-For: 127.0.0.1\r
            X-Forwarded-User: admin\r
            X-HTTP-Method-Override: GET\r
            Forwarded: for=127.0.0.1;host=localhost;proto=https\r
            """;
    private static final Map<String, UnaryOperator<String>> TRICKS = tricks();

    private static final Issuer ISSUER = Issuer.start();

    enum Setup {
        OPEN,
        USERS,
        CLOSED,
        TOKENS;

        boolean hasUsers() {
            return this == USERS || this == CLOSED;
        }

        boolean hasTokens() {
            return this == TOKENS;
        }

        boolean isClosed() {
            return this == CLOSED;
        }
    }

    enum Who {
        NOBODY,
        WRONG_PASSWORD,
        VIEWER,
        OPERATOR,
        ADMIN,
        TOKEN_OF_VIEWER,
        TOKEN_WITHOUT_ROLE,
        TOKEN_EXPIRED,
        TOKEN_OF_ANOTHER_ISSUER,
        TOKEN_SIGNED_BY_PUBLIC_KEY,
        TOKEN_UNSIGNED;

        // Where nobody is asked for tokens, one is as good as another.
        static List<Who> of(Setup setup) {
            return Arrays.stream(values())
                    .filter(it -> it.hasToken()
                            ? setup.hasTokens() || it == TOKEN_OF_VIEWER
                            : setup.hasUsers() || it != OPERATOR)
                    .toList();
        }

        boolean hasToken() {
            return name().startsWith("TOKEN");
        }

        @Nullable
        String authorization() {
            return switch (this) {
                case NOBODY -> null;
                case WRONG_PASSWORD -> RawHttp.basic("viewer", "wrong");
                case VIEWER, OPERATOR, ADMIN -> RawHttp.basic(name().toLowerCase(Locale.ROOT), Passwords.PASSWORD);
                case TOKEN_OF_VIEWER -> "Bearer " + ISSUER.token("viewer");
                case TOKEN_WITHOUT_ROLE -> "Bearer " + ISSUER.token("somebody");
                case TOKEN_EXPIRED -> "Bearer " + ISSUER.expired();
                case TOKEN_OF_ANOTHER_ISSUER -> "Bearer " + ISSUER.ofAnotherIssuer();
                case TOKEN_SIGNED_BY_PUBLIC_KEY -> "Bearer " + ISSUER.signedByPublicKey();
                case TOKEN_UNSIGNED -> "Bearer " + ISSUER.unsigned();
            };
        }
    }

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();

    @AfterAll
    static void close() {
        ISSUER.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyCellIsAsExpected(Setup setup, CapturedOutput output) {
        try (var worker = worker(setup)) {
            Set<String> paths = paths(worker);
            assertThat(paths)
                    .contains("env", "heapdump", "loggers", "beans", "configprops", "threaddump", "deadletters");
            int before = output.getAll().length();
            var wrong = new ArrayList<String>();
            int cells = 0;
            for (String path : paths) {
                for (Who who : Who.of(setup)) {
                    String authorization = who.authorization();
                    for (String method : METHODS) {
                        cells++;
                        String plain = "/actuator/" + path;
                        int status = ask(worker, method, plain, authorization);
                        if (!expected(setup, path, who, method).contains(status)) {
                            wrong.add("%s %s by %s: %d".formatted(method, plain, who, status));
                        }
                    }
                    cells++;
                    int believed = RawHttp.askWith(
                                    worker.port(true),
                                    "GET",
                                    "/actuator/" + path,
                                    BELIEVED
                                            + (authorization == null ? "" : "Authorization: " + authorization + "\r\n"),
                                    RawHttp.newAddress())
                            .status();
                    if (!expected(setup, path, who, "GET").contains(believed)) {
                        wrong.add("GET %s by %s with headers: %d".formatted(path, who, believed));
                    }
                    for (var trick : TRICKS.entrySet()) {
                        cells++;
                        String odd = "/actuator" + trick.getValue().apply("/" + path);
                        int status = ask(worker, "GET", odd, authorization);
                        if (!expectedOf(trick.getKey(), setup, path, who).contains(status)) {
                            wrong.add("GET %s by %s: %d".formatted(odd, who, status));
                        }
                    }
                }
            }
            System.out.printf("%s: %d paths, %d cells%n", setup, paths.size(), cells);
            assertThat(wrong).isEmpty();
            assertThat(output.getAll().substring(before))
                    .doesNotContain(" WARN ", " ERROR ", "\tat ", Passwords.PASSWORD, Passwords.HASH);
        }
    }

    @Test
    void everyEndpointOfTheProgramHasARule() {
        assertThat(OpenEndpoints.own())
                .isNotEmpty()
                .allSatisfy(it -> assertThat(EndpointRules.endpoints()).contains(it));
    }

    @Test
    void theTableIsAsItIsExpectedHere() {
        assertThat(EndpointRules.endpointsFor(Audience.ANYBODY)).containsExactlyInAnyOrder("health", "prometheus");
        assertThat(EndpointRules.endpointsFor(Audience.ANYBODY_UNLESS_CLOSED))
                .containsExactlyInAnyOrderElementsOf(STATE);
        assertThat(EndpointRules.endpointsFor(Audience.VIEWERS)).containsExactlyInAnyOrderElementsOf(DATA);
        assertThat(EndpointRules.actingEndpoints()).containsExactlyInAnyOrderElementsOf(ACTING);
    }

    // Health takes whatever is below it for a path of its own; a slash at the end is none. It is no probe either.
    private static Set<Integer> expectedOf(String trick, Setup setup, String path, Who who) {
        if (trick.equals(QUERY) && path.startsWith("health")) {
            return Set.of(404);
        }
        if (trick.equals(QUERY_OF_A_PROBE)) {
            // The probe answers, whatever stands behind it.
            return Set.of(200);
        }
        if (trick.equals(QUERY)) {
            // A question that makes no sense is asked by those who may ask.
            Set<Integer> plain = expected(setup, path, who, "GET");
            return plain.contains(200) || plain.contains(405) ? Set.of(200, 400, 404, 503) : plain;
        }
        return path.startsWith("health") && trick.equals(SLASH_AT_THE_END)
                ? expected(setup, "health/something", who, "GET")
                : Set.of(400, 401, 403, 404);
    }

    private static Set<Integer> expected(Setup setup, String path, Who who, String method) {
        String id = path.replaceFirst("/.*", "");
        if (method.equals("POST") && ACTING.contains(id)) {
            return expectedOfOrder(setup, who);
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Set.of(400, 404, 405);
        }
        boolean shown = METRICS.contains(id) || PROBES.contains(path);
        boolean known = shown || id.equals("health") || STATE.contains(id) || DATA.contains(id);
        if (!known) {
            return Set.of(404);
        }
        // Which record, is to be said.
        boolean incomplete = path.contains("/") || path.equals("records");
        Set<Integer> seen = incomplete && !shown ? Set.of(200, 400, 404, 503) : Set.of(200, 503);
        if (path.equals("maintenance")) {
            // It is only for orders.
            seen = Set.of(405);
        }
        if (shown) {
            return seen;
        }
        boolean asked = isAsked(setup, who);
        boolean right = asked
                && Set.of(Who.VIEWER, Who.OPERATOR, Who.ADMIN, Who.TOKEN_OF_VIEWER)
                        .contains(who);
        if (right) {
            return seen;
        }
        if (asked && who != Who.TOKEN_WITHOUT_ROLE) {
            return Set.of(401);
        }
        boolean open = id.equals("health") || (STATE.contains(id) && !setup.isClosed());
        if (open) {
            return seen;
        }
        return Set.of(setup == Setup.OPEN || asked ? 403 : 401);
    }

    private static boolean isAsked(Setup setup, Who who) {
        return who != Who.NOBODY && (who.hasToken() ? setup.hasTokens() : setup.hasUsers());
    }

    // It says nothing here, so who may give one is told that.
    private static Set<Integer> expectedOfOrder(Setup setup, Who who) {
        boolean asked = isAsked(setup, who);
        if (asked && Set.of(Who.OPERATOR, Who.ADMIN).contains(who)) {
            return Set.of(400, 404, 405);
        }
        boolean known = asked
                && Set.of(Who.VIEWER, Who.TOKEN_OF_VIEWER, Who.TOKEN_WITHOUT_ROLE)
                        .contains(who);
        return Set.of(setup == Setup.OPEN || known ? 403 : 401);
    }

    private static int ask(TestWorker worker, String method, String path, @Nullable String authorization) {
        // Each from an address of its own, or the wrong passwords would be too many.
        Reply reply = RawHttp.ask(worker.port(true), method, path, authorization, RawHttp.newAddress());
        return reply.status();
    }

    private TestWorker worker(Setup setup) {
        TestWorker.Builder worker = OpenEndpoints.open(TestWorker.on(db))
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("rpa.access.closed", String.valueOf(setup.isClosed()));
        if (setup.hasUsers()) {
            worker.property(
                    "rpa.access.users-file", Passwords.fileOfEveryRole(folder).toString());
        }
        if (setup.hasTokens()) {
            worker.property("rpa.access.jwt.issuer-uri", ISSUER.uri());
        }
        return worker.start();
    }

    // What is really mapped, with something for each variable.
    private static Set<String> paths(TestWorker worker) {
        var paths = new TreeSet<>(PROBES);
        worker.bean(WebEndpointsSupplier.class)
                .getEndpoints()
                .forEach(endpoint -> endpoint.getOperations()
                        .forEach(it -> paths.add(
                                it.getRequestPredicate().getPath().replaceAll("/\\{\\*?\\w+}", "/something"))));
        return paths;
    }

    private static Map<String, UnaryOperator<String>> tricks() {
        var tricks = new LinkedHashMap<String, UnaryOperator<String>>();
        tricks.put("two slashes", path -> "/" + path);
        tricks.put("parameter", path -> path + ";a=b");
        tricks.put("parameter before", path -> ";a=b" + path);
        tricks.put("dot", path -> "/." + path);
        tricks.put("encoded dot", path -> "/%2e" + path);
        tricks.put("encoded slash", path -> "/x%2f.." + path);
        tricks.put(SLASH_AT_THE_END, path -> path + "/");
        tricks.put("upper case", path -> path.toUpperCase(Locale.ROOT));
        tricks.put("way up", path -> "/x/.." + path);
        tricks.put("way up from health", path -> "/health/liveness/.." + "/.." + path);
        tricks.put("encoded way up", path -> "/health/%2e%2e" + path);
        tricks.put("way up with a parameter", path -> "/health/..;" + path);
        tricks.put("back slash", path -> "/health\\.." + path);
        tricks.put("line break", path -> path + "%0a");
        tricks.put("null", path -> path + "%00");
        tricks.put("suffix", path -> path + ".json");
        tricks.put("encoded twice", path -> "/%252e" + path);
        tricks.put(QUERY, path -> path + "?path=/actuator/health/liveness&_method=GET&x=%2e%2e%2f;a=b");
        tricks.put(QUERY_OF_A_PROBE, path -> "/health/liveness?x=" + path + "/../.." + path);
        tricks.put("encoded letter", path -> "/%" + Integer.toHexString(path.charAt(1)) + path.substring(2));
        tricks.put(
                "encoded last letter",
                path -> path.substring(0, path.length() - 1) + "%"
                        + Integer.toHexString(path.charAt(path.length() - 1)));
        tricks.put("longer", path -> path + "/x/y/z");
        return tricks;
    }
}
