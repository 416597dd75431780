package io.rpaworker.loop;

/**
 * One of our own threads while it runs code that is not ours. That code finds the classes and resources of its own jar,
 * and the interrupt flag that it leaves is not meant for us. Whoever wants to end or hurry one of our threads says so
 * by other means as well, so nothing is lost with it.
 */
public final class ThreadLoan {

    private final Thread thread = Thread.currentThread();
    private final boolean interrupted = thread.isInterrupted();
    private final ClassLoader loader = thread.getContextClassLoader();

    /**
     * Lends the current thread.
     *
     * @param code whose class says where it comes from
     */
    public ThreadLoan(Object code) {
        thread.setContextClassLoader(code.getClass().getClassLoader());
    }

    /** The current thread is ours again, as it was before. */
    public void end() {
        Thread.interrupted();
        if (interrupted) {
            thread.interrupt();
        }
        thread.setContextClassLoader(loader);
    }
}
