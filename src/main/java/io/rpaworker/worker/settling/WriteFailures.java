package io.rpaworker.worker.settling;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.failure.FailureTexts;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.text.FailureReason;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import org.jspecify.annotations.Nullable;

/** What becomes of records that a chunk's transaction has refused, and what that says about rpa_db. */
final class WriteFailures<P, R extends @Nullable Object> {

    private final FailureClassifier failures;
    private final FlowBreakers breakers;
    private final FailedAttempts<P, R> attempts;

    WriteFailures(FailureClassifier failures, FlowBreakers breakers, FailedAttempts<P, R> attempts) {
        this.failures = failures;
        this.breakers = breakers;
        this.attempts = attempts;
    }

    /** The record's own write failed: it costs an attempt. */
    Fail<P, R> failed(Complete<P, R> complete, Throwable failure) {
        boolean rejected = failures.judge(failure) == Judgement.REJECTED;
        var attempt = new FailedAttempts.Attempt(
                complete.work(),
                complete.nanos(),
                rejected ? FailureKind.REJECTED : FailureKind.ERROR,
                FailureTexts.reason(failure),
                failure);
        return rejected ? attempts.reject(attempt) : attempts.retry(attempt, null);
    }

    /**
     * A chunk has been written as far as it could be. What its records met says nothing about what the handler reads;
     * and nothing about rpa_db either if it took the others.
     */
    void written(ChunkCompletion.Rest<P, R> rest) {
        if (rest.anyCompleted()) {
            breakers.written();
            return;
        }
        rest.refused().stream()
                .filter(it -> !it.own())
                .findFirst()
                .ifPresent(it -> breakers.notWritten(FailureReason.ofHandler(it.failure())));
    }
}
