package io.rpaworker.worker.handling;

import java.util.Arrays;

/**
 * A handler's call of {@link System#exit}. It does not return: its thread waits for the shutdown, and the shutdown for
 * us. So it is no crash, and looks like a handler that is slow while somebody else stops the process.
 */
public final class SystemExit {

    private static final String SHUTDOWN = "java.lang.Shutdown";

    private SystemExit() {}

    /** Whether a thread is what ends this process, or waits to. */
    public static boolean isCalledBy(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(SHUTDOWN));
    }
}
