package io.rpaworker.ops.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.control.FlowPause;
import io.rpaworker.control.StandingOrders;
import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.HandlerProblems;
import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.QueueReport;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.cli.OpenRuns.OpenRun;
import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code rpa status}: what a first look needs, in one screen. */
@Command(name = "status", description = "Say how queue and replicas are at this moment.")
final class StatusCommand implements Callable<Integer> {

    private final Rpa rpa;

    StatusCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    /**
     * What it says.
     *
     * @param queue as {@code GET /actuator/queue}
     * @param workers as {@code GET /actuator/workers}
     * @param paused flows that nothing is claimed of, because somebody has ordered it
     * @param runs that have not ended, the last ten or so
     * @param problems of who handles what, and what hinders whom, in sentences
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Status(
            QueueReport queue, Fleet workers, List<FlowPause> paused, List<OpenRun> runs, List<String> problems) {}

    @Override
    public Integer call() {
        // First: it says why rpa_db does not answer.
        Fleet fleet = rpa.core().part(Replicas.class).look();
        CurrentCounts.Counted counted = rpa.core().part(CurrentCounts.class).of(Set.of());
        QueueSnapshot snapshot = counted.snapshot();
        List<FlowPause> paused = paused();
        List<OpenRun> runs = OpenRuns.of(rpa.core(), null);
        var problems = new ArrayList<>(HandlerProblems.of(snapshot));
        problems.addAll(hindrances());
        rpa.answer(new Status(QueueReport.of(counted), fleet, paused, runs, problems), page -> {
            Overview.records(page, snapshot);
            OpenRuns.tell(page, runs);
            page.heading("Flows");
            page.table(Overview.flows(snapshot));
            if (!paused.isEmpty()) {
                Table pauses = Table.of("FLOW", "SINCE", "UNTIL", "BY", "REASON");
                paused.forEach(
                        it -> pauses.row(it.flow(), Page.at(it.since()), Page.at(it.until()), it.by(), it.reason()));
                page.heading("Paused").table(pauses);
            }
            page.heading("Replicas");
            page.table(Overview.replicas(page, fleet, Integer.MAX_VALUE));
            page.list("Problems", problems);
        });
        return ExitCodes.DONE;
    }

    private List<String> hindrances() {
        var hindrances = rpa.core().part(Hindrances.class);
        return Hindrances.texts(rpa.core().part(Questions.class).ask(hindrances::elsewhere));
    }

    private List<FlowPause> paused() {
        var orders = rpa.core().part(StandingOrders.class);
        return new ArrayList<>(
                rpa.core().part(Questions.class).ask(orders::read).pauses().values());
    }
}
