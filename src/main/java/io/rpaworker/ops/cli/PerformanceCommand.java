package io.rpaworker.ops.cli;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.assessment.Metrics;
import io.rpaworker.ops.assessment.PerformanceMonitoring;
import io.rpaworker.ops.assessment.PerformanceMonitoring.Performance;
import io.rpaworker.ops.assessment.PerformanceQuestion;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rpa performance}: how the work went in a time. */
@Command(name = "performance", description = "Say how the work went in a time.")
final class PerformanceCommand implements Callable<Integer> {

    @Option(names = "--hours", paramLabel = "HOURS", description = "For how long back; 24 if no time is given.")
    private @Nullable Integer hours;

    @Option(names = "--from", paramLabel = "TIME", description = "Its beginning, like 2026-11-30T05:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Its end; now if it is not given.")
    private @Nullable String to;

    @Option(names = "--flow", paramLabel = "FLOW", description = "Only this flow; may be given several times.")
    private Set<String> flows = Set.of();

    private final Rpa rpa;

    PerformanceCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        flows.forEach(it -> Parameters.text("flow", it));
        var question = new PerformanceQuestion(
                hours, Parameters.moment("from", from), Parameters.moment("to", to), flows, true);
        Performance found = rpa.core().part(PerformanceMonitoring.class).over(question, true);
        rpa.answer(found, page -> {
            var window = found.overallMetrics().timeWindow();
            page.line("From %s to %s".formatted(Page.at(window.startTime()), Page.at(window.endTime())));
            Table table = Table.of(
                    "FLOW",
                    "COMPLETED",
                    "DEAD",
                    "FAILED ATTEMPTS",
                    "SUCCESS %",
                    "PER HOUR",
                    "WAIT P95 S",
                    "RUN MEAN S",
                    "RUN P95 S");
            found.flowSpecificMetrics().forEach((flow, it) -> row(table, flow, it));
            row(table, "all", found.overallMetrics());
            page.table(table);
            page.list("Alerts", found.alerts());
            page.list("Recommendations", found.recommendations());
        });
        return ExitCodes.DONE;
    }

    private static void row(Table table, String name, Metrics it) {
        table.row(
                name,
                it.completedCount(),
                it.failedCount(),
                it.failedAttempts(),
                it.successRatePercent(),
                it.avgProcessingRatePerHour(),
                it.waitTime().p95Seconds(),
                it.runTime().meanSeconds(),
                it.runTime().p95Seconds());
    }
}
