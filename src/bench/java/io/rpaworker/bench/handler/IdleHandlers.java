package io.rpaworker.bench.handler;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Flows that never have a record. */
@Configuration(proxyBeanMethods = false)
public class IdleHandlers {

    IdleHandlers() {}

    @Bean
    Idle idle1() {
        return new Idle("idle_1");
    }

    @Bean
    Idle idle2() {
        return new Idle("idle_2");
    }

    /** Waits in vain. */
    record Idle(String flow) implements RecordHandler<Order, @Nullable Void> {

        @Override
        public Outcome<@Nullable Void> handle(WorkRecord<Order> record) {
            return Outcome.completed(null);
        }
    }
}
