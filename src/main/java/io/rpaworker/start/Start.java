package io.rpaworker.start;

import java.lang.reflect.InvocationTargetException;

/** Starts the worker, if this Java can. */
public final class Start {

    private static final int OLDEST = 25;

    private Start() {}

    /** Runs the worker; exits with 1 if this Java is too old for it. */
    public static void main(String[] args) throws Throwable {
        int version = Runtime.version().feature();
        if (version < OLDEST) {
            System.err.printf(
                    "rpa-worker needs Java %d or later; this is %d (%s)%n",
                    OLDEST, version, System.getProperty("java.home"));
            System.exit(1);
        }
        try {
            Class.forName("io.rpaworker.RpaWorkerApplication")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
