package io.rpaworker.worker;

import io.rpaworker.queue.PayloadLimit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands the queue the limit that is set for this worker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
class PayloadLimits {

    PayloadLimits() {}

    @Bean
    PayloadLimit payloadLimit(WorkerProperties properties) {
        return new PayloadLimit(properties.maxPayloadBytes().toBytes());
    }
}
