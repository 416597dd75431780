package io.rpaworker.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception of code that is not the worker's where it is logged: the exception's class and stack trace,
 * and those of its causes. Their messages are left out, since they may quote a payload, and so is all that a broken
 * exception could do to a logger.
 */
public final class MessageLeftOut extends Exception {

    private static final long serialVersionUID = 1L;

    // Of a stack that has overflowed, the first frames tell as much as all of them.
    private static final int MOST_FRAMES = 50;
    private static final StackTraceElement[] NONE = {};

    private MessageLeftOut(Throwable failure, @Nullable MessageLeftOut cause) {
        super(failure.getClass().getName(), cause, false, true);
        setStackTrace(frames(failure));
    }

    /** Stands for a failure and its causes. */
    public static MessageLeftOut of(Throwable failure) {
        MessageLeftOut inner = null;
        for (Throwable cause : Causes.of(failure).reversed()) {
            inner = new MessageLeftOut(cause, inner);
        }
        return inner == null ? new MessageLeftOut(failure, null) : inner;
    }

    // Who makes frames up may put anything into them.
    private static StackTraceElement[] frames(Throwable failure) {
        try {
            return Arrays.stream(failure.getStackTrace())
                    .limit(MOST_FRAMES)
                    .filter(it -> it.toString().chars().noneMatch(Character::isISOControl))
                    .toArray(StackTraceElement[]::new);
        } catch (Throwable broken) {
            return NONE;
        }
    }

    /** The stand-in has no stack of its own. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
