package io.rpaworker.ops.cli;

import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Replicas;
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
            Table handlers = Table.of("REPLICA", "FLOW", "HANDLER", "IN FLIGHT");
            fleet.workers().stream()
                    .filter(it -> it.handlers() != null && it.state().equals("live"))
                    .forEach(it -> it.handlers().forEach((flow, handler) -> {
                        var held = it.inFlight().get(flow);
                        handlers.row(it.id(), flow, handler.text(), held == null ? 0 : held.records());
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
}
