package io.rpaworker.ops.access;

import io.rpaworker.testing.TestWorker;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** A worker that opens every endpoint of the class path as far as settings can, and whose info shows who is asking. */
final class OpenEndpoints {

    private OpenEndpoints() {}

    static TestWorker.Builder open(TestWorker.Builder worker) {
        return worker.bean((InfoContributor) info -> {
                    Authentication who = SecurityContextHolder.getContext().getAuthentication();
                    if (who != null) {
                        info.withDetail("name", who.getName())
                                .withDetail(
                                        "roles",
                                        who.getAuthorities().stream()
                                                .map(GrantedAuthority::getAuthority)
                                                .toList());
                    }
                })
                .property("management.endpoints.web.exposure.include", "*")
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
                if (endpoint != null) {
                    ids.add(endpoint.id());
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        });
        return ids;
    }
}
