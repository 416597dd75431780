package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.MaintenanceActions;
import io.rpaworker.ops.action.MaintenanceOrder;
import io.rpaworker.ops.action.MaintenanceOrder.Done;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Orders the old system's maintenance, having said how many records are meant: what its two halves have in common. */
final class MaintenanceOrdering {

    @Option(names = "--flow", paramLabel = "FLOW", description = "Only this flow.")
    private @Nullable String flow;

    @Option(names = "--dry-run", description = "Say how many are meant, and do nothing.")
    private boolean dryRun;

    /** An order, dry or not. */
    interface Order {
        MaintenanceOrder of(@Nullable String flow, boolean dryRun);
    }

    int carryOut(Rpa rpa, Order order) {
        Done dry = order(rpa, order.of(flow, true));
        long meant = records(dry);
        if (dryRun || meant == 0) {
            return answer(rpa, dry, meant);
        }
        rpa.confirm("%,d records are meant. Make them pending again?".formatted(meant));
        Done done = order(rpa, order.of(flow, false));
        return answer(rpa, done, records(done));
    }

    private static Done order(Rpa rpa, MaintenanceOrder order) {
        return rpa.core().part(MaintenanceActions.class).carryOut(order, rpa.operator(), "rpa");
    }

    private static int answer(Rpa rpa, Done done, long records) {
        rpa.answer(done, page -> {
            page.line((done.dryRun() ? "%,d records would be made pending again." : "%,d records are pending again.")
                    .formatted(records));
            page.line("Before: %,d pending, %,d processing, %,d failed. After: %,d pending, %,d processing, %,d failed."
                    .formatted(
                            done.beforeStatus().pendingRecords(),
                            done.beforeStatus().processingRecords(),
                            done.beforeStatus().failedRecords(),
                            done.afterStatus().pendingRecords(),
                            done.afterStatus().processingRecords(),
                            done.afterStatus().failedRecords()));
            page.list("Recommendations", done.recommendations());
        });
        return records == 0 ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    private static long records(Done done) {
        var cleanup = done.cleanupResults();
        var reset = done.resetResults();
        long cleaned = cleanup == null ? 0 : either(cleanup.recordsCleaned(), cleanup.orphanedRecordsFound());
        long again = reset == null
                ? 0
                : reset.flowResults().values().stream()
                        .mapToLong(it -> either(it.recordsReset(), it.failedRecordsFound()))
                        .sum();
        return cleaned + again;
    }

    private static long either(@Nullable Long one, @Nullable Long other) {
        return Objects.requireNonNullElse(one, Objects.requireNonNullElse(other, 0L));
    }
}
