package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.DeadLetterOrder;
import io.rpaworker.ops.action.DeadLetterOrders;
import org.jspecify.annotations.Nullable;

/** Gives orders about dead letters, having said how many are meant. */
final class DeadLetterOrdering {

    private final Rpa rpa;
    private final MeantDeadLetters meant;

    DeadLetterOrdering(Rpa rpa, MeantDeadLetters meant) {
        this.rpa = rpa;
        this.meant = meant;
    }

    /**
     * Carries out an order.
     *
     * @param days of a purge: how old they are at least
     * @param canary of a retry: how many are tried first
     * @param dryRun whether it is only said how many are meant
     */
    int carryOut(String action, @Nullable Integer days, @Nullable Integer canary, boolean dryRun) {
        DeadLetterOrder.Done dry = order(action, days, canary, true);
        if (dry.records() == 0 || dryRun) {
            return answer(dry);
        }
        // One that is named is meant.
        if (meant.id() == null || !action.equals("retry")) {
            rpa.confirm("%s meant. %s?"
                    .formatted(
                            letters(dry.records()) + (dry.records() == 1 ? " is" : " are"),
                            switch (action) {
                                case "retry" -> canary == null ? "Retry them" : "Try them first, and then the others";
                                case "discard" -> "Delete them";
                                default -> "Delete them for good";
                            }));
        }
        return answer(order(action, days, canary, false));
    }

    private DeadLetterOrder.Done order(
            String action, @Nullable Integer days, @Nullable Integer canary, boolean dryRun) {
        return rpa.core()
                .part(DeadLetterOrders.class)
                .carryOut(meant.order(action, days, canary, dryRun, rpa.reason()), rpa.operator());
    }

    private int answer(DeadLetterOrder.Done done) {
        String what = done.action().equals("retry") ? "retried" : "deleted";
        rpa.answer(done, page -> {
            if (done.records() == 0) {
                page.line("No dead letter is meant.");
            } else if (done.dryRun()) {
                page.line("%s would be %s.".formatted(letters(done.records()), what));
            } else if (Boolean.TRUE.equals(done.canary())) {
                page.line("%s %s tried first; the others follow by themselves."
                        .formatted(letters(done.records()), done.records() == 1 ? "is" : "are"));
            } else {
                page.line("%s %s %s.".formatted(letters(done.records()), done.records() == 1 ? "was" : "were", what));
            }
        });
        return done.records() == 0 ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    private static String letters(long number) {
        return Page.count(number, "dead letter");
    }
}
