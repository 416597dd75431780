package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.QueueStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** What the old system said of its figures, and what the findings say, in sentences. */
@Component
@EnableConfigurationProperties(DiagnosisProperties.class)
class Advice {

    private final DiagnosisProperties properties;

    Advice(DiagnosisProperties properties) {
        this.properties = properties;
    }

    /** What the sentences are about. */
    record Facts(
            SystemHealth health,
            QueueStatus queue,
            long orphans,
            @Nullable Duration meanProcessingTime,
            List<Finding> findings) {

        boolean takesLongerThan(Duration bound) {
            return meanProcessingTime != null && meanProcessingTime.compareTo(bound) > 0;
        }

        String meanMinutes() {
            return "%.2f minutes"
                    .formatted(Objects.requireNonNull(meanProcessingTime).toMillis() / 60_000.0);
        }
    }

    /** What is wrong; empty if nothing is. */
    List<String> issues(Facts facts) {
        var issues = new ArrayList<String>();
        if (facts.health().status() != Status.HEALTHY) {
            String error = facts.health().error();
            issues.add("System health is %s%s"
                    .formatted(facts.health().status().text(), error == null ? "" : ": " + error));
        }
        if (facts.orphans() > 0) {
            issues.add("Found %d orphaned records".formatted(facts.orphans()));
        }
        if (facts.takesLongerThan(properties.tooLongProcessing())) {
            issues.add("High average processing time: " + facts.meanMinutes());
        }
        facts.findings().stream()
                .filter(it -> it.severity() != Severity.INFO && !it.id().equals(OrphansCheck.ORPHANS.id()))
                .forEach(it -> issues.add(it.title()));
        return issues;
    }

    /** What to do; that all is normal if there is nothing to be done. */
    List<String> recommendations(Facts facts) {
        var advice = new ArrayList<String>();
        switch (facts.health().status()) {
            case UNHEALTHY -> advice.add("URGENT: rpa_db does not answer; nothing is processed until it does");
            case DEGRADED ->
                advice.add("System health is degraded: see system_health for what keeps it from being well");
            case HEALTHY -> {}
        }
        if (facts.orphans() > properties.manyOrphans()) {
            advice.add(
                    "More than %d records are orphaned: see that replicas with rpa.maintenance.enabled run their flows"
                            .formatted(properties.manyOrphans()));
        }
        if (facts.takesLongerThan(properties.longProcessing())) {
            advice.add("Records take %s on the average: look at what their handlers wait for"
                    .formatted(facts.meanMinutes()));
        }
        if (facts.queue().failedRecords() > properties.manyFailed()) {
            advice.add("%d records have failed: find out what they have in common, mend that, and retry them"
                    .formatted(facts.queue().failedRecords()));
        }
        facts.findings().stream()
                .filter(it -> it.severity() != Severity.INFO)
                .map(Finding::whatToDo)
                .distinct()
                .forEach(advice::add);
        if (advice.isEmpty()) {
            advice.add("System appears to be operating normally");
        }
        return advice;
    }
}
