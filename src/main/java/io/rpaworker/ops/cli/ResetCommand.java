package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.MaintenanceOrder;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rpa reset}: a half of the old system's maintenance. */
@Command(
        name = "reset",
        description = "Make failed records pending again that have used few attempts; 3 if there is none.")
final class ResetCommand implements Callable<Integer> {

    @Option(
            names = "--max-retries",
            paramLabel = "N",
            description = "Only those that have used fewer attempts, 1 to 100; 3 if it is not given.")
    private @Nullable Integer maxRetries;

    @Mixin
    private MaintenanceOrdering ordering = new MaintenanceOrdering();

    private final Rpa rpa;

    ResetCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        return ordering.carryOut(
                rpa, (flow, dry) -> new MaintenanceOrder(false, true, null, maxRetries, flow, dry, rpa.reason()));
    }
}
