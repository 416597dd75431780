package io.rpaworker.ops;

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
 */
@Validated
@ConfigurationProperties(prefix = "rpa.monitoring", ignoreUnknownFields = false)
record MonitoringProperties(
        @DefaultValue("15s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration refreshInterval,

        @DefaultValue("5m") @DurationMin(minutes = 1) @DurationMax(days = 1)
        Duration stalledAfter,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(days = 1)
        Duration oldSnapshotAfter) {}
