package io.rpaworker.ops.ports;

import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Lets a port answer however many connections somebody opens to it and leaves lying about. Found by the scan for the
 * ordinary port, and by Spring Boot's list of such configurations for that of the management.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
class CrowdedPorts {

    // What has been displaced needs a moment to be closed, and its thread one to notice.
    private static final int LEAVING = 64;
    private static final int WAITING = 1_024;
    private static final int IDLE_THREADS = 2;

    @Bean
    ProbesFirst probesFirst() {
        return new ProbesFirst();
    }

    // Last, or what server.tomcat says would come on top.
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> crowdedPort() {
        return factory -> {
            factory.setProtocol(DisplacingProtocol.class.getName());
            factory.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
                    // A newcomer that finds no place here is not heard before a second has passed.
                    protocol.setAcceptCount(WAITING);
                    protocol.setMaxConnections(DisplacingProtocol.MOST + LEAVING);
                    // Each connection may hold a thread for as long as it is read from or written to slowly.
                    protocol.setMaxThreads(DisplacingProtocol.MOST + LEAVING);
                    protocol.setMinSpareThreads(IDLE_THREADS);
                }
            });
        };
    }
}
