package io.rpaworker.ops.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import tools.jackson.databind.json.JsonMapper;

/** Says why somebody may not look, and what would help. */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final AccessProperties settings;
    private final InstantSource clock = InstantSource.system();

    Refusals(AccessProperties settings) {
        this.settings = settings;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
            throws IOException {
        if (reason instanceof WaitException wait) {
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(wait.seconds()));
            write(
                    response,
                    wait.status(),
                    String.valueOf(wait.getMessage()),
                    Map.of("retry_after_seconds", wait.seconds()));
        } else if (settings.hasLogins()) {
            challenge(response);
            write(response, HttpStatus.UNAUTHORIZED.value(), "Log in as somebody who may see this", Map.of());
        } else {
            write(
                    response,
                    HttpStatus.FORBIDDEN.value(),
                    "Nobody may see this as long as nobody can log in:"
                            + " set rpa.access.users-file or rpa.access.jwt.issuer-uri",
                    Map.of("settings", List.of("rpa.access.users-file", "rpa.access.jwt.issuer-uri")));
        }
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
            throws IOException {
        String role = needed(reason);
        write(response, HttpStatus.FORBIDDEN.value(), "This needs the role " + role, Map.of("needs", role));
    }

    /** Of what has no rule nothing is said, not even whether it is there. */
    static void nothingHere(HttpServletResponse response) throws IOException {
        write(response, HttpStatus.NOT_FOUND.value(), "There is nothing here", Map.of(), InstantSource.system());
    }

    private void challenge(HttpServletResponse response) {
        if (settings.hasUsers()) {
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"rpa-worker\", charset=\"UTF-8\"");
        }
        if (settings.jwt() != null) {
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"rpa-worker\"");
        }
    }

    private static String needed(AccessDeniedException reason) {
        return reason instanceof AuthorizationDeniedException denied
                        && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision
                ? decision.getAuthorities().stream()
                        .map(Role::textOf)
                        .findFirst()
                        .orElse("")
                : "";
    }

    private void write(HttpServletResponse response, int status, String error, Map<String, Object> context)
            throws IOException {
        write(response, status, error, context, clock);
    }

    private static void write(
            HttpServletResponse response, int status, String error, Map<String, Object> context, InstantSource clock)
            throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("status", "failed");
        body.put("error", error);
        body.put("error_type", type(status));
        body.put("timestamp", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        body.put("context", context);
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(body));
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 429 -> "too_many_failures";
            default -> "unavailable";
        };
    }
}
