package io.rpaworker.loop;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One of our own threads while it runs code that is not ours. That code finds the classes and resources of its own jar,
 * and the interrupt flag that it leaves is not meant for us. Whoever wants to end or hurry one of our threads says so
 * by other means as well, so nothing is lost with it. Nor does it leave a name, or what is to stand in each line of the
 * log: it would be said of the next record.
 */
public final class ThreadLoan {

    private final Thread thread = Thread.currentThread();
    private final boolean interrupted = thread.isInterrupted();
    private final ClassLoader loader = thread.getContextClassLoader();
    private final String name = thread.getName();
    private final int priority = thread.getPriority();
    private final @Nullable Map<String, String> context = MDC.getCopyOfContextMap();

    /**
     * Lends the current thread.
     *
     * @param code whose class says where it comes from
     */
    public ThreadLoan(Object code) {
        this(code.getClass().getClassLoader());
    }

    /**
     * Lends the current thread.
     *
     * @param classes what its code is found in
     */
    public ThreadLoan(ClassLoader classes) {
        thread.setContextClassLoader(classes);
        Loop.lend(true);
    }

    /** The current thread is ours again, as it was before. */
    @SuppressWarnings("ThreadPriorityCheck") // somebody else has relied on it
    public void end() {
        Loop.lend(false);
        Thread.interrupted();
        if (interrupted) {
            thread.interrupt();
        }
        thread.setContextClassLoader(loader);
        if (!thread.getName().equals(name)) {
            thread.setName(name);
        }
        if (thread.getPriority() != priority) {
            thread.setPriority(priority);
        }
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
