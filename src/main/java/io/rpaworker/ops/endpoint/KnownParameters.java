package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.AbstractDiscoveredOperation;
import org.springframework.boot.actuate.endpoint.annotation.DiscoveredEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses parameters that the endpoint asked does not know: Spring Boot would pass them over, and a misspelt filter
 * would answer for everything. Each is known by its name in Java and by that of the old system: {@code flowNames} and
 * {@code flow_names}. An order, which is posted, has no parameters: it is JSON, and read by {@link OrderBodies}.
 */
final class KnownParameters extends OncePerRequestFilter {

    private static final String OURS = KnownParameters.class.getName();
    private static final Pattern INNER_CAPITAL = Pattern.compile("[A-Z]");

    private final String basePath;
    private final Supplier<Collection<ExposableWebEndpoint>> endpoints;
    private final ProblemAnswers answers;

    KnownParameters(String basePath, WebEndpointsSupplier endpoints, ProblemAnswers answers) {
        this.basePath = basePath.endsWith("/") ? basePath : basePath + "/";
        this.endpoints = endpoints::getEndpoints;
        this.answers = answers;
    }

    /** Whether it is one of our endpoints that is asked. */
    static boolean isOurs(HttpServletRequest request) {
        return request.getAttribute(OURS) != null;
    }

    private static boolean isOurs(ExposableWebEndpoint endpoint) {
        return endpoint instanceof DiscoveredEndpoint<?> it
                && it.getEndpointBean().getClass().getPackageName().startsWith("io.rpaworker.");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ExposableWebEndpoint endpoint = endpoint(request.getRequestURI());
        if (endpoint == null) {
            chain.doFilter(request, response);
            return;
        }
        request.setAttribute(OURS, true);
        HttpServletRequest read;
        try {
            read = request.getMethod().equals(HttpMethod.POST.name())
                    ? OrderRequest.of(request)
                    : new NamedParameters(request, named(request.getParameterMap(), known(endpoint)));
        } catch (Problem problem) {
            answers.answer(response, problem);
            return;
        }
        chain.doFilter(read, response);
    }

    private @Nullable ExposableWebEndpoint endpoint(String uri) {
        if (!uri.startsWith(basePath)) {
            return null;
        }
        String path = uri.substring(basePath.length());
        return endpoints.get().stream()
                .filter(KnownParameters::isOurs)
                .filter(it -> path.equals(it.getRootPath()) || path.startsWith(it.getRootPath() + "/"))
                .findFirst()
                .orElse(null);
    }

    /** The parameters of an endpoint's questions, by their names in Java. */
    private static Map<String, OperationParameter> known(ExposableWebEndpoint endpoint) {
        var known = new TreeMap<String, OperationParameter>();
        endpoint.getOperations().stream()
                .filter(it -> it.getType() == OperationType.READ)
                .filter(AbstractDiscoveredOperation.class::isInstance)
                .map(AbstractDiscoveredOperation.class::cast)
                .flatMap(it -> it.getOperationMethod().getParameters().stream())
                .filter(it -> it.getType() != SecurityContext.class && it.getAnnotation(Selector.class) == null)
                .forEach(it -> known.put(it.getName(), it));
        return known;
    }

    private static Map<String, String[]> named(Map<String, String[]> asked, Map<String, OperationParameter> known) {
        var named = new LinkedHashMap<String, String[]>();
        asked.forEach((name, values) -> {
            String its = known.keySet().stream()
                    .filter(it -> it.equals(name) || snake(it).equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(name, known.keySet()));
            OperationParameter parameter = known.get(its);
            boolean many = parameter != null && Collection.class.isAssignableFrom(parameter.getType());
            if (named.put(its, values) != null || (values.length > 1 && !many)) {
                throw new Problem(Problem.Kind.INVALID_PARAMETER, "Parameter %s is given twice".formatted(name))
                        .with("parameter", name);
            }
        });
        return named;
    }

    private static Problem unknown(String name, Collection<String> known) {
        var allowed = known.stream().map(KnownParameters::snake).toList();
        return new Problem(
                        Problem.Kind.INVALID_PARAMETER,
                        allowed.isEmpty()
                                ? "There is no parameter %s here, nor any other".formatted(name)
                                : "There is no parameter %s here; there is %s"
                                        .formatted(name, String.join(", ", allowed)))
                .with("parameter", name)
                .with("allowed", allowed);
    }

    /** The old system's way to write a name. */
    static String snake(String name) {
        return INNER_CAPITAL.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT);
    }
}
