package io.rpaworker.queue.deadletter;

import io.rpaworker.control.Actor;
import io.rpaworker.testing.QueueParts;

/** What an operator does about failed records, for tests of other packages. */
public final class Operator {

    private static final Actor NAME = Actor.named("ada");

    private final DeadLetters deadLetters;
    private final DeadLetterFigures figures;
    private final DeadLetterActions actions;
    private final FailedRecords failedRecords;

    public Operator(QueueParts queue) {
        this.deadLetters = queue.part(DeadLetters.class);
        this.figures = queue.part(DeadLetterFigures.class);
        this.actions = queue.part(DeadLetterActions.class);
        this.failedRecords = queue.part(FailedRecords.class);
    }

    public int list(String flow) {
        return deadLetters.list(of(flow), null, 200).size();
    }

    public int groups(String flow) {
        return deadLetters.groups(of(flow), 200).size();
    }

    public int figures(String flow) {
        return figures.count(of(flow)).size();
    }

    public int retry(String flow) {
        return actions.retry(of(flow), NAME);
    }

    public int retry(long id) {
        return actions.retry(DeadLetterFilter.ALL.withId(id), NAME);
    }

    public int retryGroup(String fingerprint) {
        return actions.retry(DeadLetterFilter.ALL.ofGroup(fingerprint), NAME);
    }

    public int retryWithCanary(String flow, int canary) {
        return actions.retryWithCanary(of(flow), canary, NAME);
    }

    public int retryAllWithCanary(int canary) {
        return actions.retryWithCanary(DeadLetterFilter.ALL, canary, NAME);
    }

    public int purge(String flow) {
        return actions.delete(of(flow), "purge", NAME);
    }

    public int reset(String flow, int maxRetries) {
        return failedRecords.reset(flow, maxRetries, NAME);
    }

    public long count(String flow) {
        return deadLetters.count(of(flow), false);
    }

    public int failed(String flow, int maxRetries) {
        return failedRecords.count(flow, maxRetries).size();
    }

    private static DeadLetterFilter of(String flow) {
        return DeadLetterFilter.ALL.ofFlow(flow);
    }
}
