package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.FlowActions;
import io.rpaworker.ops.action.FlowOrder;
import io.rpaworker.ops.cli.OpenRuns.OpenRun;
import io.rpaworker.ops.fleet.FlowOverview;
import io.rpaworker.ops.fleet.FlowOverviews;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rpa flow}. */
@Command(
        name = "flow",
        description = "Flows: which there are, by which settings they are processed, and whether they are.")
final class FlowCommand implements Runnable {

    private final Rpa rpa;

    FlowCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public void run() {
        throw Refusal.usage("Say which command of flow: list, show, pause, resume or drain.");
    }

    @Command(name = "list", description = "List the flows of the configuration, of live replicas and of records.")
    int list() {
        FlowOverview.All all = rpa.core().part(FlowOverviews.class).all();
        rpa.answer(all, page -> {
            Table table = Table.of("FLOW", "CONFIGURED", "MODE", "LIVE REPLICAS", "RECORDS");
            all.flows()
                    .forEach(it -> table.row(
                            it.flow(),
                            it.enabled() == null ? null : it.enabled() ? "enabled" : "disabled",
                            it.mode(),
                            it.liveReplicas(),
                            it.hasRecords() ? "yes" : "no"));
            page.table(table);
            if (all.more()) {
                page.line("More flows have records.");
            }
        });
        return ExitCodes.DONE;
    }

    @Command(name = "show", description = "Show a flow and the settings that its configuration gives it.")
    int show(@Parameters(paramLabel = "FLOW", description = "Its name.") String flow) {
        FlowOverview it = rpa.core().part(FlowOverviews.class).one(flow);
        List<OpenRun> runs = OpenRuns.of(rpa.core(), flow);
        rpa.answer(it, page -> {
            page.line("Flow %s: %d live replicas process it, and it has %s records"
                    .formatted(it.flow(), it.liveReplicas(), it.hasRecords() ? "some" : "no"));
            FlowOverview.Pause pause = it.paused();
            if (pause != null) {
                page.line("It is paused since %s, until %s"
                        .formatted(
                                Page.at(pause.since()),
                                pause.until() == null ? "somebody resumes it" : Page.at(pause.until())));
            }
            it.waitsFor()
                    .forEach(wait -> page.line("Replica %s waits for source %s, for %s"
                            .formatted(wait.replica(), wait.source(), Page.age(wait.waitingSeconds()))));
            OpenRuns.tell(page, runs);
            var settings = it.settings();
            if (settings == null) {
                page.line("The configuration here does not name it.");
                return;
            }
            Table table = Table.of("SETTING", "VALUE", "STANDS IN");
            settings.forEach(
                    (key, value) -> table.row(key, String.valueOf(Page.orNone(value.value())), value.origin()));
            page.heading("Settings").table(table);
        });
        return ExitCodes.DONE;
    }

    @Command(
            name = "pause",
            description = "Have no replica claim records of a flow; what runs finishes, what is claimed is released.")
    int pause(
            @Parameters(paramLabel = "FLOW", description = "Its name.") String flow,
            @Option(
                            names = "--until",
                            paramLabel = "TIME",
                            description = "When it ends by itself, like 2026-11-30T05:00:00Z.")
                    @Nullable
                    String until) {
        return order(new FlowOrder("pause", flow, until, null, rpa.reason()));
    }

    @Command(name = "resume", description = "Have replicas claim its records again; 3 if it is not paused.")
    int resume(@Parameters(paramLabel = "FLOW", description = "Its name.") String flow) {
        return order(new FlowOrder("resume", flow, null, null, rpa.reason()));
    }

    @Command(
            name = "drain",
            description = "Pause a flow and wait until none of its records is in flight; 1 if that takes too long.")
    int drain(
            @Parameters(paramLabel = "FLOW", description = "Its name.") String flow,
            @Option(names = "--wait", paramLabel = "SECONDS", description = "How long, 0 to 60; 20 if it is not given.")
                    @Nullable
                    Integer wait) {
        return order(new FlowOrder("drain", flow, null, wait, rpa.reason()));
    }

    private int order(FlowOrder order) {
        FlowOrder.Done done = rpa.core().part(FlowActions.class).carryOut(order, rpa.operator());
        rpa.answer(done, page -> {
            if (!done.paused() && !done.action().equals("resume")) {
                page.line("Flow %s goes on: its pause was over before it was drained.".formatted(done.flow()));
                return;
            }
            if (done.action().equals("resume")) {
                page.line("Flow %s %s.".formatted(done.flow(), done.changed() ? "is resumed" : "was not paused"));
                return;
            }
            page.line("Flow %s is paused%s; %,d of its records are in flight."
                    .formatted(
                            done.flow(),
                            done.pausedUntil() == null ? "" : " until " + Page.at(done.pausedUntil()),
                            done.inFlight()));
            if (!done.notObeying().isEmpty()) {
                page.line("Not known to obey yet: %s.".formatted(String.join(", ", done.notObeying())));
            }
        });
        if (Boolean.FALSE.equals(done.drained())) {
            return ExitCodes.FAILED;
        }
        return done.changed() ? ExitCodes.DONE : ExitCodes.NOTHING;
    }
}
