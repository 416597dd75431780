package io.rpaworker.ops.diagnosis;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.Answer;
import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.CurrentCounts.Latest;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.QueueStatus;
import io.rpaworker.surveyhub.SurveyHub;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The old system's health check: whether the databases answer, and how many records there are. It never throws. */
@Component
public class QueueHealth {

    /** How long rpa_db may take, in all that is asked of it. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String SURVEY_HUB = "SurveyHub";
    private static final Duration SOURCE_PATIENCE = Duration.ofSeconds(2);
    private static final Latest NO_CONNECTION = Latest.unknown("Database connection unavailable");

    private final InstantSource clock = InstantSource.system();
    private final Heartbeat heartbeat;
    private final CurrentCounts counts;
    private final DiagnosisProperties properties;
    private final BoundedQuestion<Integer> rpaDb;
    private final @Nullable BoundedQuestion<Boolean> source;

    QueueHealth(
            Questions questions,
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            ObjectProvider<SurveyHub> surveyHub,
            Heartbeat heartbeat,
            CurrentCounts counts,
            DiagnosisProperties properties) {
        this.heartbeat = heartbeat;
        this.counts = counts;
        this.properties = properties;
        this.rpaDb = new BoundedQuestion<>(
                "health",
                PATIENCE,
                () -> questions.askBesides(
                        () -> jdbc.sql("select 1").query(Integer.class).single()));
        SurveyHub hub = surveyHub.getIfAvailable();
        this.source = hub == null
                ? null
                : new BoundedQuestion<>("source", SOURCE_PATIENCE, Executors.callable(hub::check, true));
    }

    /**
     * What was seen.
     *
     * @param health of it all
     * @param counts what it was told of the queue
     * @param answer what came of asking rpa_db
     */
    record Seen(SystemHealth health, Latest counts, Answer<Integer> answer) {

        /** What rpa_db took to answer; empty if it has not. */
        Optional<Duration> answered() {
            return answer instanceof Answered<Integer> it ? Optional.of(it.took()) : Optional.empty();
        }
    }

    /** Asks both databases, eight seconds at most; never throws. */
    public SystemHealth look() {
        return see(null).health();
    }

    /** The same, with what it rests on; and with counts that know a flow, if there is one. */
    Seen see(@Nullable String flow) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        try {
            return see(now, flow);
        } catch (RuntimeException e) {
            String reason = FailureReason.of(e);
            var unknown = new SystemHealth.InstanceInfo(null, "unknown", SystemHealth.RPA_DB, null);
            return new Seen(
                    new SystemHealth(Status.UNHEALTHY, Map.of(), null, unknown, now, reason),
                    NO_CONNECTION,
                    new Unanswered<>(reason));
        }
    }

    private Seen see(Instant now, @Nullable String flow) {
        Answer<Integer> answer = rpaDb.ask();
        var databases = new LinkedHashMap<String, DatabaseHealth>();
        DatabaseHealth ours = database(SystemHealth.RPA_DB, answer, now);
        databases.put(SystemHealth.RPA_DB, ours);
        Status status = ours.status();
        String error = ours.error();
        if (source != null) {
            DatabaseHealth theirs = database(SURVEY_HUB, source.ask(), now);
            databases.put(SystemHealth.SOURCE_DB, theirs);
            if (theirs.status() != Status.HEALTHY) {
                status = status.orWorse(Status.DEGRADED);
                error = error == null ? theirs.error() : error;
            }
        }
        Latest counted = ours.connection() ? counts.latest(flow) : NO_CONNECTION;
        if (counted.problem() != null) {
            status = status.orWorse(Status.DEGRADED);
            error = error == null ? counted.problem() : error;
        }
        return new Seen(
                new SystemHealth(status, databases, counted.told(QueueStatus::ofAll), instance(), now, error),
                counted,
                answer);
    }

    private SystemHealth.InstanceInfo instance() {
        return new SystemHealth.InstanceInfo(
                heartbeat.instance().map(WorkerInstance::id).orElse(null),
                heartbeat.host(),
                SystemHealth.RPA_DB,
                source == null ? null : SURVEY_HUB);
    }

    private DatabaseHealth database(String name, Answer<?> answer, Instant now) {
        return switch (answer) {
            case Answered<?> it ->
                new DatabaseHealth(
                        name,
                        it.took().compareTo(properties.verySlowAfter()) > 0 ? Status.DEGRADED : Status.HEALTHY,
                        true,
                        true,
                        null,
                        it.tookMillis(),
                        now,
                        null);
            case Unanswered<?> it ->
                new DatabaseHealth(name, Status.UNHEALTHY, false, false, null, null, now, it.reason());
        };
    }
}
