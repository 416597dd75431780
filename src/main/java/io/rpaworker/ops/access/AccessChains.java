package io.rpaworker.ops.access;

import io.rpaworker.ops.Probes;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Three chains, the same for both ports: probes and metrics, of which nobody is asked who he is, whatever he sends;
 * endpoints that have a rule; and whatever else, which is not there. What is no order of an operator's may only read.
 * Nobody is remembered between two requests, so that there is no session to steal; and an order is JSON, which no form
 * of another site can send in the name of a browser that knows a password.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableWebSecurity
class AccessChains {

    private static final Set<String> READING = new TreeSet<>(Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name()));
    private static final String HEALTH = "health";
    private static final String METRICS = "prometheus";

    // Boot's health fails with a stack trace in the log where somebody asks for a part of what is not there.
    private static final Pattern BELOW_A_CHECK =
            Pattern.compile("/health/((?!liveness/|readiness/)[^/]+|[^/]+/[^/]+)/[^/]");

    // What is encoded may be the same.
    private static final Pattern PATH = Pattern.compile("(^|&)(path|[^=&]*%[^=&]*)(=|&|$)");

    @Bean
    @Order(1)
    SecurityFilterChain probesAndMetrics(HttpSecurity http) {
        RequestMatcher probes =
                new AndRequestMatcher(EndpointRequest.to(HEALTH), Probes::isProbe, request -> !mayNameAPath(request));
        RequestMatcher all = new OrRequestMatcher(probes, EndpointRequest.to(METRICS));
        return chain(http, reading(all), rules -> rules.anyRequest().permitAll());
    }

    // To Boot a parameter of health's is the path: a probe would be any other question, and asked without a bound.
    private static boolean mayNameAPath(HttpServletRequest request) {
        String query = request.getQueryString();
        return query != null && PATH.matcher(query).find();
    }

    @Bean
    @Order(2)
    SecurityFilterChain endpoints(HttpSecurity http, AccessProperties settings, Logins logins) {
        var refusals = new Refusals(settings);
        http.exceptionHandling(it -> it.authenticationEntryPoint(refusals).accessDeniedHandler(refusals));
        if (settings.hasUsers()) {
            http.addFilter(new BasicAuthenticationFilter(logins::authenticate, refusals));
        }
        if (settings.jwt() != null) {
            var tokens = new BearerTokenAuthenticationFilter(logins::authenticate);
            tokens.setAuthenticationEntryPoint(refusals);
            http.addFilterAfter(tokens, BasicAuthenticationFilter.class);
        }
        RequestMatcher health = EndpointRequest.to(HEALTH);
        RequestMatcher all = new AndRequestMatcher(
                ours(),
                request -> !isBelowACheck(request),
                request -> !mayNameAPath(request) || !health.matches(request));
        RequestMatcher orders = acting();
        return chain(http, new OrRequestMatcher(reading(all), orders), rules -> {
            rules.requestMatchers(orders).hasRole(Role.OPERATOR.text());
            rules.requestMatchers(EndpointRequest.to(EndpointRules.endpointsFor(Audience.ANYBODY)))
                    .permitAll();
            var unlessClosed = rules.requestMatchers(
                    EndpointRequest.to(EndpointRules.endpointsFor(Audience.ANYBODY_UNLESS_CLOSED)));
            if (settings.closed()) {
                unlessClosed.hasRole(Role.VIEWER.text());
            } else {
                unlessClosed.permitAll();
            }
            rules.requestMatchers(EndpointRequest.to(EndpointRules.endpointsFor(Audience.VIEWERS)))
                    .hasRole(Role.VIEWER.text());
            rules.anyRequest().denyAll();
        });
    }

    @Bean
    @Order(3)
    SecurityFilterChain nothingElse(HttpSecurity http) {
        RequestMatcher ours = ours();
        RequestMatcher orders = EndpointRequest.to(EndpointRules.actingEndpoints());
        http.exceptionHandling(it -> it.authenticationEntryPoint((request, response, reason) -> {
            if (!READING.contains(request.getMethod()) && ours.matches(request)) {
                response.setHeader(HttpHeaders.ALLOW, allowed(request, orders));
                response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            } else {
                Refusals.nothingHere(response);
            }
        }));
        // An error of what has passed says its own status.
        return chain(
                http,
                request -> true,
                rules -> rules.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .anyRequest()
                        .denyAll());
    }

    private static String allowed(HttpServletRequest request, RequestMatcher orders) {
        String reading = String.join(", ", READING);
        return orders.matches(request) ? reading + ", " + HttpMethod.POST.name() : reading;
    }

    /** What no honest client sends: odd paths, methods, characters. Anybody may, as often as he likes. */
    @Bean
    RequestRejectedHandler oddRequests() {
        return (request, response, reason) -> response.setStatus(HttpServletResponse.SC_NOT_FOUND);
    }

    @Bean
    HealthStatusOnly healthStatusOnly(AccessProperties settings) {
        return new HealthStatusOnly(settings.closed());
    }

    // Three meters for each request, which nobody looks at.
    @Bean
    SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    private static SecurityFilterChain chain(
            HttpSecurity http,
            RequestMatcher requests,
            Consumer<AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry> rules) {
        return http.securityMatcher(requests)
                .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .authorizeHttpRequests(rules::accept)
                .build();
    }

    private static RequestMatcher ours() {
        return EndpointRequest.to(EndpointRules.endpoints().toArray(String[]::new));
    }

    private static RequestMatcher acting() {
        RequestMatcher endpoints = EndpointRequest.to(EndpointRules.actingEndpoints());
        return request -> HttpMethod.POST.name().equals(request.getMethod()) && endpoints.matches(request);
    }

    private static RequestMatcher reading(RequestMatcher endpoints) {
        return request -> READING.contains(request.getMethod()) && endpoints.matches(request);
    }

    private static boolean isBelowACheck(HttpServletRequest request) {
        return BELOW_A_CHECK.matcher(request.getRequestURI()).find();
    }
}
