package io.rpaworker.ops.cli;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.action.DeadLetterOrder;
import io.rpaworker.ops.story.AskedDeadLetters;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class MeantDeadLetters {

    @Option(names = "--flow", paramLabel = "FLOW", description = "Of this flow.")
    private @Nullable String flow;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Of this kind: error, timeout, rejected, payload, poison, cancelled or unknown.")
    private @Nullable String kind;

    @Option(names = "--fingerprint", paramLabel = "CAUSE", description = "Of this cause.")
    private @Nullable String fingerprint;

    @Option(names = "--error", paramLabel = "TEXT", description = "Whose message contains this.")
    private @Nullable String error;

    @Option(names = "--failed-from", paramLabel = "TIME", description = "Failed since, like 2026-11-30T05:00:00Z.")
    private @Nullable String failedFrom;

    @Option(names = "--failed-before", paramLabel = "TIME", description = "Failed before.")
    private @Nullable String failedBefore;

    @Option(names = "--run-id", paramLabel = "RUN", description = "Of this run.")
    private @Nullable String runId;

    private @Nullable Long id;
    private @Nullable Boolean all;

    AskedDeadLetters asked() {
        return new AskedDeadLetters(flow, kind, fingerprint, error, failedFrom, failedBefore, runId);
    }

    @Nullable
    String runId() {
        return runId;
    }

    /** The one that is named by its id; null for those that all the rest holds of. */
    @Nullable
    Long id() {
        return id;
    }

    /** Means one. */
    void one(long itsId) {
        id = itsId;
    }

    /** Means all, unless something is said of them. */
    void all(boolean whether) {
        all = whether ? Boolean.TRUE : null;
    }

    DeadLetterOrder order(
            String action, @Nullable Integer days, @Nullable Integer canary, boolean dryRun, String reason) {
        return new DeadLetterOrder(
                action,
                id,
                flow,
                kind,
                fingerprint,
                error,
                failedFrom,
                failedBefore,
                runId == null ? null : Parameters.number("run-id", runId),
                all,
                days,
                canary,
                dryRun,
                reason);
    }
}
