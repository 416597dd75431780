package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.KnownFlows;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.QueueStatus;
import io.rpaworker.ops.diagnosis.DatabaseHealth.MigrationStatus;
import io.rpaworker.ops.diagnosis.Examination.Examined;
import io.rpaworker.ops.diagnosis.PerformanceAnalysis.Performance;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The doctor: looks at everything once, and says what is wrong and what to do. */
@Component
public class Diagnosis {

    static final Kind UNAVAILABLE = Kind.critical("database-unavailable");

    // However long the counts took: the checks take a twentieth of a second.
    private static final Duration AT_LEAST = Duration.ofMillis(500);

    private final QueueHealth health;
    private final Examination examination;
    private final KnownFlows flows;
    private final PerformanceAnalysis performance;
    private final Advice advice;

    Diagnosis(
            QueueHealth health,
            Examination examination,
            KnownFlows flows,
            PerformanceAnalysis performance,
            Advice advice) {
        this.health = health;
        this.examination = examination;
        this.flows = flows;
        this.performance = performance;
        this.advice = advice;
    }

    /**
     * What is asked for.
     *
     * @param flow the only one to look at; null for all
     * @param orphans whether orphaned records are analysed
     * @param performance whether the performance is
     */
    public record Request(@Nullable String flow, boolean orphans, boolean performance) {}

    /**
     * Looks once. What rpa_db cannot be asked for is said, and the rest answered.
     *
     * @throws Problem if nobody knows the flow
     */
    public DiagnosisReport diagnose(Request request) {
        String flow = request.flow();
        QueueHealth.Seen seen = health.see(flow);
        if (flow != null) {
            seen.counts().snapshot().ifPresent(it -> KnownFlows.require(flow, flows.of(it)));
        }
        Examined examined = examined(seen);
        Performance performed = performed(request, seen);
        List<Finding> findings = findings(seen, examined, flow);
        SystemHealth whole = seen.health();
        Instant now = whole.timestamp();
        QueueStatus queue = seen.counts()
                .told(it -> flow == null
                        ? QueueStatus.ofEach(it)
                        : QueueStatus.ofFlow(flow, it.counts().getOrDefault(flow, StatusCounts.NONE)));
        OrphanAnalysis orphans = OrphanAnalysis.of(
                now,
                examined.facts().orphans().stream()
                        .filter(it -> flow == null || it.flow().equals(flow))
                        .toList(),
                examined.facts().orphansProblem());
        var told = new Advice.Facts(
                whole,
                queue,
                request.orphans() ? orphans.totalOrphanedRecords() : 0,
                performed.meanProcessingTime(),
                findings);
        return new DiagnosisReport(
                now,
                whole.instanceInfo().instanceId(),
                flow,
                whole,
                queue,
                request.orphans() ? orphans : Map.of(),
                performed.keys(),
                whole.rpaDb()
                        .with(examined.facts().schema().map(MigrationStatus::of).orElse(null)),
                advice.issues(told),
                advice.recommendations(told),
                findings);
    }

    // Who is silent is not asked a second time.
    private Performance performed(Request request, QueueHealth.Seen seen) {
        if (!request.performance()) {
            return Performance.NONE;
        }
        return seen.answered().isPresent()
                ? performance.of(request.flow())
                : performance.unknown("rpa_db does not answer");
    }

    private Examined examined(QueueHealth.Seen seen) {
        return switch (seen.answer()) {
            case Answered<Integer> it -> {
                Duration left = QueueHealth.PATIENCE.minus(it.took());
                yield examination.rpaDb(left.compareTo(AT_LEAST) < 0 ? AT_LEAST : left);
            }
            case Unanswered<Integer> it ->
                new Examined(
                        Facts.unknown("rpa_db does not answer"),
                        List.of(UNAVAILABLE
                                .found(
                                        "rpa_db does not answer: nothing is claimed or completed",
                                        "See to PostgreSQL, its load, the network and the role's password. Replicas go on by"
                                                + " themselves once it answers, and no attempt is used.")
                                .with("reason", it.reason())));
        };
    }

    private List<Finding> findings(QueueHealth.Seen seen, Examined examined, @Nullable String flow) {
        var scene = new Scene(seen.health().timestamp(), seen.counts().snapshot(), seen.answered(), examined.facts());
        var findings = new ArrayList<>(examined.findings());
        findings.addAll(examination.ofProcess(scene));
        findings.removeIf(it -> !it.concerns(flow));
        findings.sort(Comparator.comparing(Finding::severity));
        return List.copyOf(findings);
    }
}
