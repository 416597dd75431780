package io.rpaworker.bench.handler;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Flows whose records take as long as their payload says. */
@Configuration(proxyBeanMethods = false)
public class NapHandlers {

    NapHandlers() {}

    @Bean
    Sleeper slow() {
        return new Sleeper("slow", true);
    }

    // Thousands a second, of which each would be a line.
    @Bean
    Sleeper turning() {
        return new Sleeper("turning", false);
    }

    /**
     * Sleeps.
     *
     * @param telling whether the benchmark hears of each record when it begins
     */
    record Sleeper(String flow, boolean telling) implements RecordHandler<Nap, @Nullable Void> {

        @Override
        public Outcome<@Nullable Void> handle(WorkRecord<Nap> record) throws InterruptedException {
            Nap nap = record.payload();
            if (telling) {
                Progress.arrived(nap.id());
            }
            Thread.sleep(nap.millis());
            Progress.handled(nap.id());
            return Outcome.completed(null);
        }
    }
}
