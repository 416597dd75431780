package io.rpaworker.ops.ports;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers probes whatever else is asked: of other requests only some are under way at once, and the others are told so
 * with 503. A scrape costs a hundred times as much as a probe, and its answer may be one that nobody reads.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ProbesFirst extends OncePerRequestFilter {

    private static final int MOST = 16;

    private final Semaphore others = new Semaphore(MOST);

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.endsWith("/health/liveness") || path.endsWith("/health/readiness");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!others.tryAcquire()) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            others.release();
        }
    }
}
