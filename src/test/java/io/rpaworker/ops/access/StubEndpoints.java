package io.rpaworker.ops.access;

import io.rpaworker.testing.TestWorker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** The worker's own endpoints; for what has a rule and is not built yet, one that shows who is asking. */
final class StubEndpoints {

    private static final Map<String, Supplier<Object>> STUBS =
            new TreeMap<>(Map.of("deadletters", DeadLetters::new, "records", Records::new, "workers", Workers::new));

    private StubEndpoints() {}

    /** Adds what is missing, and opens every endpoint of the class path as far as its own settings can. */
    static TestWorker.Builder open(TestWorker.Builder worker) {
        Set<String> own = own();
        STUBS.forEach((id, stub) -> {
            if (!own.contains(id)) {
                worker.bean(stub.get());
            }
        });
        return worker.property("management.endpoints.web.exposure.include", "*")
                .property("management.endpoints.access.default", "unrestricted")
                .property("management.endpoints.access.max-permitted", "unrestricted");
    }

    /** The ids of the program's own endpoints. */
    static Set<String> own() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(Endpoint.class));
        var ids = new TreeSet<String>();
        scanner.findCandidateComponents("io.rpaworker").forEach(it -> {
            try {
                Class<?> type = Class.forName(it.getBeanClassName());
                Endpoint endpoint = AnnotatedElementUtils.getMergedAnnotation(type, Endpoint.class);
                if (endpoint != null && type.getEnclosingClass() != StubEndpoints.class) {
                    ids.add(endpoint.id());
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        });
        return ids;
    }

    private static Map<String, Object> whoAsks(SecurityContext who) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("name", who.getPrincipal() == null ? "" : who.getPrincipal().getName());
        for (String role : Set.of("viewer", "operator", "admin")) {
            shown.put(role, who.isUserInRole(role));
        }
        return shown;
    }

    @Endpoint(id = "deadletters")
    static final class DeadLetters {

        @ReadOperation
        Map<String, Object> list(SecurityContext who) {
            return whoAsks(who);
        }
    }

    @Endpoint(id = "records")
    static final class Records {

        @ReadOperation
        Map<String, Object> list(SecurityContext who) {
            return whoAsks(who);
        }
    }

    @Endpoint(id = "workers")
    static final class Workers {

        @ReadOperation
        Map<String, Object> list(SecurityContext who) {
            return whoAsks(who);
        }
    }
}
