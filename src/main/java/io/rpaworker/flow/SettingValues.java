package io.rpaworker.flow;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of a flow by their keys, as its file would have them. */
final class SettingValues {

    private SettingValues() {}

    static Map<String, @Nullable Object> of(FlowSettings settings) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("enabled", settings.enabled());
        values.put("mode", settings.mode().name().toLowerCase(Locale.ROOT));
        values.put("batch-size", settings.batchSize());
        values.put("claim-ahead", settings.claimAhead());
        values.put("concurrency", settings.concurrency());
        values.put("threads", settings.threads().name().toLowerCase(Locale.ROOT));
        values.put("chunk-size", settings.chunkSize());
        values.put("poll-interval", settings.pollInterval());
        values.put("record-timeout", settings.recordTimeout());
        values.put("restart-when-stuck", settings.restartWhenStuck());
        values.put("max-retries", settings.maxRetries());
        values.put("retry.initial-delay", settings.backoff().initialDelay());
        values.put("retry.multiplier", settings.backoff().multiplier());
        values.put("retry.max-delay", settings.backoff().maxDelay());
        values.put("cleanup-timeout", settings.cleanupTimeout());
        values.put("rate-limit", settings.limits().rateLimit());
        values.put("max-in-flight", settings.limits().maxInFlight());
        values.put("partition.instance-id", settings.partition().index());
        values.put("partition.instance-count", settings.partition().count());
        RunSettings run = settings.run();
        values.put(
                "run.schedule", run.schedule() == null ? null : run.schedule().toString());
        values.put("run.time-zone", run.zone().getId());
        values.put("run.catch-up", run.catchUp().name().toLowerCase(Locale.ROOT));
        values.put("run.overlap", run.overlap().name().toLowerCase(Locale.ROOT));
        values.put("run.page-size", run.pageSize());
        values.put("run.max-open", run.maxOpen());
        values.put("run.max-depth", run.maxDepth());
        return Collections.unmodifiableMap(values);
    }

    /** As a file would have it: a duration in the largest unit that it is a whole number of. */
    static @Nullable Object written(@Nullable Object value) {
        return value instanceof Duration duration ? written(duration) : value;
    }

    private static String written(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds / 60 + "m";
    }
}
