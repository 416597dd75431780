package io.rpaworker.ops.endpoint;

import java.time.InstantSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets our endpoints refuse and fail in the old system's words. Found by the scan for the ordinary port, and by Spring
 * Boot's list of such configurations for that of the management; a preflight has neither.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class EndpointAnswers {

    @Bean
    ProblemAnswers problemAnswers(JsonMapper json) {
        return new ProblemAnswers(json, InstantSource.system());
    }

    @Bean
    KnownParameters knownParameters(
            WebEndpointProperties properties, WebEndpointsSupplier endpoints, ProblemAnswers answers) {
        return new KnownParameters(properties.getBasePath(), endpoints, answers);
    }
}
