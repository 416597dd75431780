package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.MaintenanceOrder;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rpa cleanup}: a half of the old system's maintenance. */
@Command(
        name = "cleanup",
        description = "Make records pending again that Python workers have held for too long; 3 if there is none.")
final class CleanupCommand implements Callable<Integer> {

    @Option(
            names = "--timeout-hours",
            paramLabel = "HOURS",
            description = "How long one may hold a record, 1 to 168; 2 if it is not given.")
    private @Nullable Integer timeoutHours;

    @Mixin
    private MaintenanceOrdering ordering = new MaintenanceOrdering();

    private final Rpa rpa;

    CleanupCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        return ordering.carryOut(
                rpa, (flow, dry) -> new MaintenanceOrder(true, false, timeoutHours, null, flow, dry, rpa.reason()));
    }
}
