package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.invoke.ParameterMappingException;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;

/** Answers what our endpoints throw with a {@link ProblemAnswer}; what other endpoints throw stays Spring Boot's. */
final class ProblemAnswers implements HandlerExceptionResolver, Ordered {

    private static final Logger log = LoggerFactory.getLogger(ProblemAnswers.class);

    private final JsonMapper json;
    private final InstantSource clock;

    ProblemAnswers(JsonMapper json, InstantSource clock) {
        this.json = json;
        this.clock = clock;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!KnownParameters.isOurs(request)) {
            return null;
        }
        if (failure instanceof Problem problem) {
            answer(response, problem);
        } else if (failure.getCause() instanceof InvalidEndpointRequestException invalid) {
            answer(response, invalid(invalid));
        } else if (failure instanceof ErrorResponse || failure instanceof RequestRejectedException) {
            // No such method, no such path, an odd header: not the endpoint's failure.
            return null;
        } else {
            log.warn("The question {} could not be answered", request.getRequestURI(), failure);
            write(response, 500, ProblemAnswer.internal(clock.instant()));
        }
        return new ModelAndView();
    }

    private static Problem invalid(InvalidEndpointRequestException failure) {
        if (failure instanceof ParameterMappingException it) {
            String name = KnownParameters.snake(it.getParameter().getName());
            return new Problem(
                            Problem.Kind.INVALID_PARAMETER,
                            "Parameter %s is to be %s, not %s"
                                    .formatted(name, wanted(it.getParameter().getType()), it.getValue()))
                    .with("parameter", name);
        }
        String reason = failure.getReason();
        return new Problem(
                Problem.Kind.INVALID_PARAMETER,
                reason == null ? "A parameter has a value that it cannot have" : reason);
    }

    private static String wanted(Class<?> type) {
        if (type == Instant.class) {
            return "a time such as 2026-11-30T02:00:00Z";
        } else if (type == Boolean.class) {
            return "true or false";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "a whole number" : "another text";
    }

    void answer(HttpServletResponse response, Problem problem) {
        write(response, ProblemAnswer.httpStatus(problem.kind()), ProblemAnswer.of(problem, clock.instant()));
    }

    private void write(HttpServletResponse response, int status, ProblemAnswer answer) {
        if (response.isCommitted()) {
            return;
        }
        response.reset();
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        try {
            response.getOutputStream().write(json.writeValueAsBytes(answer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
