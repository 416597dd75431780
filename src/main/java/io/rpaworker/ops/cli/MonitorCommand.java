package io.rpaworker.ops.cli;

import io.rpaworker.ops.cli.Observation.Alert;
import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.run.RunStories;
import io.rpaworker.ops.run.RunStory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rpa monitor}: the old system's monitor, by its options. */
@Command(name = "monitor", description = "Watch the queue: a summary, unless another view is asked for.")
final class MonitorCommand implements Callable<Integer> {

    @ArgGroup
    private final View view = new View();

    @Option(
            names = "--refresh-interval",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How often --live looks; ${DEFAULT-VALUE} if it is not given.")
    private int refreshInterval;

    @Option(
            names = "--worker-limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "Most replicas that are shown; ${DEFAULT-VALUE} if it is not given.")
    private int workerLimit;

    @Option(names = "--run-id", paramLabel = "RUN", description = "Show this run before all else.")
    private @Nullable Long runId;

    private final Rpa rpa;

    MonitorCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    /** One of them; the summary is what is left. */
    @SuppressWarnings("UnusedVariable")
    private static final class View {

        @Option(names = "--summary", description = "Counts, and how the last hours went.")
        private boolean summary;

        @Option(names = "--details", description = "Flows and replicas as well.")
        private boolean details;

        @Option(names = "--live", description = "All of it, drawn anew until q is pressed.")
        private boolean live;

        @Option(names = "--alerts", description = "What is to be looked at; 3 if nothing is.")
        private boolean alerts;

        @Option(
                names = "--export",
                paramLabel = "FILE",
                description = "Write all of it to a file by the old system's keys and ours; - is standard output.")
        private @Nullable Path export;
    }

    private record Seen(@Nullable RunStory run, Observation queue) {}

    @Override
    public Integer call() {
        if (refreshInterval < 1 || workerLimit < 1) {
            throw Refusal.usage("--refresh-interval and --worker-limit are at least 1.");
        }
        if (view.live) {
            return live();
        }
        Seen seen = look();
        Path file = view.export;
        if (file != null) {
            OutputFile.write(rpa, file, out -> {
                out.println(Rpa.pretty(MonitorExport.of(seen.queue(), seen.run())));
                return 1;
            });
            return ExitCodes.DONE;
        }
        if (view.alerts) {
            List<Alert> alerts = seen.queue().alerts();
            rpa.answer(alerts, page -> {
                if (alerts.isEmpty()) {
                    page.line("No alert.");
                } else {
                    page.table(table(alerts));
                }
            });
            return alerts.isEmpty() ? ExitCodes.NOTHING : ExitCodes.DONE;
        }
        rpa.answer(MonitorExport.of(seen.queue(), seen.run()), page -> {
            run(page, seen.run(), view.details);
            summary(page, seen.queue());
            if (view.details) {
                details(page, seen.queue());
            }
        });
        return ExitCodes.DONE;
    }

    private int live() {
        if (rpa.isJson() || !rpa.terminal().outIsTerminal() || !rpa.terminal().inIsTerminal()) {
            throw Refusal.usage("--live needs a terminal; without one ask again and again, with --json for instance.");
        }
        try (var screen = LiveScreen.on(rpa)) {
            screen.redraw(Duration.ofSeconds(refreshInterval), this::look, (seen, terminal) -> {
                var page = new Page(terminal, rpa.clock().instant());
                page.styled(
                        Style.FAINT,
                        "rpa monitor, %s, every %d s; q ends it"
                                .formatted(Page.at(rpa.clock().instant()), refreshInterval));
                run(page, seen.run(), true);
                summary(page, seen.queue());
                details(page, seen.queue());
                return page.lines();
            });
        }
        return ExitCodes.DONE;
    }

    // The run first: that there is none is to be said.
    private Seen look() {
        RunStory run = runId == null ? null : rpa.core().part(RunStories.class).one(runId);
        return new Seen(run, Observation.of(rpa.core()));
    }

    private static void run(Page page, @Nullable RunStory run, boolean details) {
        if (run == null) {
            return;
        }
        RunPage.summary(page, run);
        if (details) {
            RunPage.details(page, run);
        }
        page.line("");
    }

    private static void summary(Page page, Observation seen) {
        var assessment = seen.monitored().queueHealthAssessment();
        Style style = switch (assessment.queueHealth()) {
            case "critical" -> Style.BAD;
            case "degraded", "overloaded" -> Style.WARNING;
            default -> Style.GOOD;
        };
        page.styled(style, "Queue %s, %d of 100".formatted(assessment.queueHealth(), assessment.healthScore()));
        Overview.records(page, seen.snapshot());
        var last = seen.monitored().lastHours();
        page.line(
                "In the last %d h %,d completed, %,d became dead letters (%.1f %% of what finished), %,d attempts failed"
                        .formatted(
                                last.windowHours(),
                                last.completed(),
                                last.deadLetters(),
                                last.failedRatePercent(),
                                last.failedAttempts()));
        page.line(Page.count(seen.fleet().live(), "live replica"));
        List<Alert> alerts = seen.alerts();
        if (!alerts.isEmpty()) {
            page.heading("Alerts").table(table(alerts));
        }
        page.list("Recommendations", seen.monitored().recommendations());
    }

    private void details(Page page, Observation seen) {
        page.heading("Flows").table(Overview.flows(seen.snapshot()));
        Fleet fleet = seen.fleet();
        page.heading("Replicas").table(Overview.replicas(page, fleet, workerLimit));
        if (fleet.workers().size() > workerLimit) {
            page.line("%d more are not shown (--worker-limit)"
                    .formatted(fleet.workers().size() - workerLimit));
        }
    }

    private static Table table(List<Alert> alerts) {
        Table table = Table.of("ALERT", "SEVERITY", "VALUE", "THRESHOLD", "WHAT");
        alerts.forEach(it -> table.row(
                it.severity().equals("critical") ? Style.BAD : Style.WARNING,
                it.type(),
                it.severity(),
                it.value(),
                it.threshold(),
                it.message()));
        return table;
    }
}
