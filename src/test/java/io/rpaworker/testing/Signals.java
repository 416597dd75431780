package io.rpaworker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes. */
public final class Signals {

    private Signals() {}

    /**
     * Sends one.
     *
     * @param signal its name without SIG
     */
    public static void send(long pid, String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -%s %d: %d".formatted(signal, pid, exit));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
