package io.rpaworker.ops.cli;

import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Fleet.Hindered;
import io.rpaworker.ops.fleet.Fleet.Replica;
import io.rpaworker.ops.fleet.Replicas;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code rpa worker}. */
@Command(name = "worker", description = "Replicas.")
final class WorkerCommand implements Runnable {

    private final Rpa rpa;

    WorkerCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public void run() {
        throw Refusal.usage("Say which command of worker: list.");
    }

    @Command(name = "list", description = "List the replicas that live, and those that ended within the last hour.")
    int list() {
        Fleet fleet = rpa.core().part(Replicas.class).look();
        rpa.answer(fleet, page -> {
            page.line(Page.count(fleet.live(), "live replica"));
            page.table(Overview.replicas(page, fleet, Integer.MAX_VALUE));
            Table handlers = Table.of("REPLICA", "FLOW", "HANDLER", "IN FLIGHT", "HINDERED BY");
            fleet.workers().stream()
                    .filter(it -> it.handlers() != null && it.state().equals("live"))
                    .forEach(it -> it.handlers().forEach((flow, handler) -> {
                        var held = it.inFlight().get(flow);
                        handlers.row(
                                it.id(), flow, handler.text(), held == null ? 0 : held.records(), hindered(it, flow));
                    }));
            if (!handlers.isEmpty()) {
                page.heading("What they process").table(handlers);
            }
            if (fleet.more()) {
                page.line("There are more.");
            }
        });
        return ExitCodes.DONE;
    }

    private static @Nullable String hindered(Replica replica, String flow) {
        Hindered by = replica.hindered() == null ? null : replica.hindered().get(flow);
        if (by == null) {
            return null;
        }
        var texts = new ArrayList<String>();
        by.waitsFor().forEach(it -> texts.add("source " + it));
        if (by.hangingCalls() > 0) {
            texts.add(Page.count(by.hangingCalls(), "hanging call"));
        }
        if (by.stuckCalls() > 0) {
            texts.add(Page.count(by.stuckCalls(), "stuck call"));
        }
        return String.join(", ", texts);
    }
}
