package io.rpaworker.ops;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How operators are kept informed.
 *
 * @param refreshInterval pause between two looks at the queue and its table for the meters
 * @param stalledAfter a heartbeat or a poll that is overdue by so much fails liveness; longer than any statement,
 *     rpa.survey-hub.query-timeout for one, may take
 * @param oldSnapshotAfter health names the sessions whose transaction is older than this: they keep PostgreSQL from
 *     removing the queue's dead rows
 * @param maxFlows most flows that have series of their own in rpa.queue.depth and rpa.queue.oldest.age: first those
 *     that this replica runs, which are shown even beyond it, then the largest; the others are summed up as _other
 * @param countReuse counts of the queue that took a time answer whoever asks for so many times as long, so that
 *     dashboards cost PostgreSQL little however often they ask; 0: everybody who asks has the queue counted
 */
@Validated
@ConfigurationProperties("rpa.monitoring")
public record MonitoringProperties(
        @DefaultValue("15s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration refreshInterval,

        @DefaultValue("5m") @DurationMin(minutes = 1) @DurationMax(days = 1)
        Duration stalledAfter,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(days = 1)
        Duration oldSnapshotAfter,

        @DefaultValue("200") @Min(1) @Max(10_000) int maxFlows,

        @DefaultValue("20") @Min(0) @Max(1000) int countReuse) {}
