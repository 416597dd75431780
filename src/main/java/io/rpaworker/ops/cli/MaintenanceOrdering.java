package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.MaintenanceActions;
import io.rpaworker.ops.action.MaintenanceOrder;
import io.rpaworker.ops.action.MaintenanceOrder.Done;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Orders the old system's maintenance, having said how many records are meant. */
final class MaintenanceOrdering {

    private final Rpa rpa;

    MaintenanceOrdering(Rpa rpa) {
        this.rpa = rpa;
    }

    /**
     * Carries out an order.
     *
     * @param order the order, dry or not
     * @param dryRun whether it is only said how many are meant
     */
    int carryOut(Function<Boolean, MaintenanceOrder> order, boolean dryRun) {
        Done dry = order(order.apply(true));
        long meant = records(dry);
        if (dryRun || meant == 0) {
            return answer(dry, meant);
        }
        rpa.confirm("%,d records are meant. Make them pending again?".formatted(meant));
        Done done = order(order.apply(false));
        return answer(done, records(done));
    }

    private Done order(MaintenanceOrder order) {
        return rpa.core().part(MaintenanceActions.class).carryOut(order, rpa.operator(), "rpa");
    }

    private int answer(Done done, long records) {
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
