package io.rpaworker.worker;

/**
 * The current thread's interrupt flag, as it was before code that is not ours ran on it: what that leaves is not meant
 * for us. Whoever wants to end or hurry one of our threads says so by other means as well, so nothing is lost with it.
 */
final class InterruptFlag {

    private final boolean set = Thread.currentThread().isInterrupted();

    void restore() {
        Thread.interrupted();
        if (set) {
            Thread.currentThread().interrupt();
        }
    }
}
