package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.TestWorker;

/** A suspect that has a worker's process to itself for as long as a test wants it. */
public final class IsolatedSuspect implements AutoCloseable {

    private final Isolation isolation;

    /** Begins, at once. */
    public IsolatedSuspect(TestWorker worker) throws InterruptedException {
        this.isolation = worker.bean(Isolation.class);
        assertThat(isolation.enterAlone(() -> true)).isTrue();
    }

    @Override
    public void close() {
        isolation.leaveAlone(true);
    }
}
