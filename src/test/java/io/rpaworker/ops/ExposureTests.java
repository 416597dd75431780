package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;

@ExtendWith(OutputCaptureExtension.class)
class ExposureTests {

    private static final String ALL =
            "health,info,prometheus,queue,queuehealth,queuemonitor,diagnostics,performance,workers,flows,records,deadletters,actions,maintenance,runs";
    private static final Set<String> OURS = Set.of(ALL.split(","));

    // They hold data, and nobody can log in here.
    private static final Set<String> FOR_VIEWERS = Set.of("records", "deadletters", "actions", "maintenance", "runs");

    private static final Set<String> ACTING = Set.of("flows", "records", "deadletters", "maintenance", "runs");

    private final RpaDb db = Postgres.migrated();

    /** Exposing everything, by an environment variable for one, still gives access to nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {ALL, "*"})
    void onlyOurEndpointsAnswer(String exposed) {
        try (var worker = TestWorker.on(db)
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("management.endpoints.web.exposure.include", exposed)
                .property("server.port", "0")
                .start()) {
            for (String id : endpoints()) {
                int expected = FOR_VIEWERS.contains(id) ? 403 : OURS.contains(id) ? 200 : 404;
                assertThat(Management.get(worker, "/actuator/" + id).status())
                        .as(id)
                        .isEqualTo(expected);
                assertThat(Management.ask(worker, true, "POST", "/actuator/" + id)
                                .status())
                        .as("POST " + id)
                        .isIn(ACTING.contains(id) ? Set.of(403) : Set.of(404, 405));
                assertThat(Management.ask(worker, false, "GET", "/actuator/" + id)
                                .status())
                        .as("on the port of the pages: " + id)
                        .isEqualTo(404);
            }
            for (String path : List.of("env/", "/env", "env;a=b", "%65nv", "env/java.home", "ENV", "heapdump.hprof")) {
                assertThat(Management.get(worker, "/actuator/" + path).status())
                        .as(path)
                        .isIn(400, 404);
            }
        }
    }

    @Test
    void whatSomebodyAsksForInVainIsNotLogged(CapturedOutput output) {
        try (var worker = TestWorker.on(db).start()) {
            int before = output.getAll().length();
            for (String path : List.of(
                    "health",
                    "queue?flow=a&flow=b",
                    "queuehealth",
                    "prometheus",
                    "nothing",
                    "health/../env",
                    "health/%2E%2e/env",
                    "health/..;a=b/env",
                    "health/../health/liveness",
                    "health/.",
                    "health//x",
                    "health/;a",
                    "health/%20",
                    "health/..x",
                    "health/nothing/health/liveness",
                    "h%65alth/nothing/x",
                    "%71ueue?flow=nosuch",
                    "deadletters/health/liveness")) {
                for (String method : List.of("GET", "POST", "DELETE", "TRACE")) {
                    Management.ask(worker, true, method, "/actuator/" + path);
                }
            }

            assertThat(output.getAll().substring(before)).doesNotContain(" WARN ", " ERROR ");
        }
    }

    @Test
    void nothingListensForPagesThatAreNotThere() {
        try (var worker = TestWorker.on(db).start()) {
            assertThat(worker.port(true)).isPositive();
            assertThat(worker.port(false)).isNegative();
        }
    }

    /** Variables may give access to other endpoints: without a rule of ours they are not there. */
    @Test
    void nothingElseCanBeOpened() {
        try (var worker = TestWorker.on(db)
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .property("management.endpoints.web.exposure.include", "*")
                .property("management.endpoint.loggers.access", "unrestricted")
                .property("management.endpoint.shutdown.access", "unrestricted")
                .start()) {
            assertThat(Management.get(worker, "/actuator/loggers").status()).isEqualTo(404);
            assertThat(Management.ask(worker, true, "POST", "/actuator/loggers/ROOT")
                            .status())
                    .isEqualTo(404);
            assertThat(Management.ask(worker, true, "POST", "/actuator/shutdown")
                            .status())
                    .isEqualTo(404);
            assertThat(Management.get(worker, "/actuator/health").status()).isEqualTo(200);
        }
    }

    @Test
    void knowsEveryEndpointOfTheClassPath() {
        assertThat(endpoints()).containsAll(OURS).contains("env", "heapdump", "shutdown", "loggers", "threaddump");
    }

    private static Set<String> endpoints() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(Endpoint.class));
        var ids = new TreeSet<String>();
        for (String packageName : Set.of("org.springframework.boot", "io.rpaworker")) {
            scanner.findCandidateComponents(packageName).forEach(it -> {
                try {
                    // Merged: a @WebEndpoint is one too.
                    Endpoint endpoint = AnnotatedElementUtils.getMergedAnnotation(
                            Class.forName(it.getBeanClassName()), Endpoint.class);
                    if (endpoint != null) {
                        ids.add(endpoint.id());
                    }
                } catch (ClassNotFoundException | NoClassDefFoundError e) {
                    // An endpoint of something that is not on the class path.
                }
            });
        }
        return ids;
    }
}
