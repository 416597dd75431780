package io.rpaworker.worker;

import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.worker.inflight.ClaimBounds;
import io.rpaworker.worker.wakeup.WakeUpSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands those below what is set for this worker, each no more than it needs. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerBounds {

    WorkerBounds() {}

    @Bean
    PayloadLimit payloadLimit(WorkerProperties properties) {
        return new PayloadLimit(properties.maxPayloadBytes().toBytes());
    }

    @Bean
    ClaimBounds claimBounds(WorkerProperties properties) {
        return new ClaimBounds(properties.maxClaimBytes().toBytes(), properties.watermarkSweep());
    }

    @Bean
    WakeUpSettings wakeUpSettings(WorkerProperties properties) {
        return new WakeUpSettings(properties.wakeUp(), properties.watermarkSweep());
    }
}
