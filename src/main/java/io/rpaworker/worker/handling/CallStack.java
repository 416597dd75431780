package io.rpaworker.worker.handling;

import java.util.Arrays;

/** Where a call's thread is: an exception that nobody throws, since every log knows how to print one. */
public final class CallStack extends Throwable {

    private static final long serialVersionUID = 1L;
    private static final int MOST_FRAMES = 50;

    private CallStack(Thread thread, StackTraceElement[] frames) {
        super("%s, thread %s".formatted(thread.getState(), thread.getName()), null, false, true);
        setStackTrace(frames);
    }

    /** The topmost frames, down to the worker's own code that called the handler. */
    public static CallStack of(Thread thread) {
        String worker = HandlerInvoker.class.getPackageName() + ".";
        return new CallStack(
                thread,
                Arrays.stream(thread.getStackTrace())
                        .takeWhile(it -> !it.getClassName().startsWith(worker))
                        .limit(MOST_FRAMES)
                        .toArray(StackTraceElement[]::new));
    }
}
