package io.rpaworker.ops.ports;

import io.rpaworker.ops.Probes;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers probes whatever else is asked: of other requests only some are under way at once, and the others are told so
 * with 503. Scrapes have places of their own: other requests may wait for a database or an issuer that is silent, and
 * then, of all times, somebody wants to see the meters. A scrape costs a hundred times as much as a probe, and its
 * answer may be one that nobody reads.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ProbesFirst extends OncePerRequestFilter {

    private static final int MOST = 16;
    private static final int MOST_SCRAPES = 4;

    // What is somewhere else shares the others' places.
    private static final Pattern SCRAPE = Pattern.compile("(/[^/]+)?/prometheus");

    // A way up: Tomcat and Spring see different paths in it, and Boot's health fails with a stack trace in the log.
    private static final Pattern INDIRECT = Pattern.compile("(?i)/(\\.|%2e){1,2}(;[^/]*)?(/|$)");

    // Only what follows this may be a name with any characters in it.
    private static final String NAMES = "/flows/";

    private final Semaphore others = new Semaphore(MOST);
    private final Semaphore scrapes = new Semaphore(MOST_SCRAPES);

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        if (INDIRECT.matcher(path).find() || isEncoded(path)) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (Probes.isProbe(request)) {
            chain.doFilter(request, response);
            return;
        }
        Semaphore places = SCRAPE.matcher(path).matches() && scrapes.tryAcquire() ? scrapes : others;
        if (places.equals(others) && !others.tryAcquire()) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            places.release();
        }
    }

    // Who looks at the path as it was sent, and who looks at it decoded, would see different endpoints.
    private static boolean isEncoded(String path) {
        int first = path.indexOf('%');
        return first >= 0 && !path.substring(0, first).contains(NAMES);
    }
}
