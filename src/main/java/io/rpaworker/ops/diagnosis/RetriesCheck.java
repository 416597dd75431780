package io.rpaworker.ops.diagnosis;

import io.rpaworker.queue.counts.RetryBacklog;
import io.rpaworker.queue.counts.RetryBacklog.Backlog;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Retries that pile up. */
@Component
class RetriesCheck implements Check {

    static final Kind OVERDUE = Kind.warning("overdue-retries");
    static final Kind MANY = Kind.warning("many-retries");

    private final RetryBacklog backlog;
    private final DiagnosisProperties properties;

    RetriesCheck(RetryBacklog backlog, DiagnosisProperties properties) {
        this.backlog = backlog;
        this.properties = properties;
    }

    @Override
    public List<Finding> look(Scene scene) {
        var findings = new ArrayList<Finding>();
        int most = properties.manyRetries() + 1;
        for (Backlog flow : backlog.count(properties.retryAfter(), most)) {
            if (flow.overdue() > 0) {
                findings.add(OVERDUE.found(
                                "%s failed records of flow %s should have been tried again"
                                        .formatted(number(flow.overdue(), most), flow.flow()),
                                "See that a replica with rpa.maintenance.enabled runs the flow: it makes them pending when"
                                        + " they are due.")
                        .with(Finding.FLOW, flow.flow())
                        .with("records", flow.overdue()));
            }
            if (flow.waiting() > properties.manyRetries()) {
                findings.add(MANY.found(
                                "More than %d records of flow %s have failed and wait for another attempt"
                                        .formatted(properties.manyRetries(), flow.flow()),
                                "Find out what they have in common: select failure_fingerprint, failure_kind, count(*) of the"
                                        + " records with a next_retry_at, by both.")
                        .with(Finding.FLOW, flow.flow())
                        .with("records_at_least", flow.waiting()));
            }
        }
        return findings;
    }

    private static String number(long counted, int most) {
        return counted < most ? Long.toString(counted) : "At least " + counted;
    }
}
