package io.rpaworker.ops.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code rpa preflight}: whether a worker would start. */
@Command(
        name = "preflight",
        description = "Check flows, settings and rpa_db, and change nothing; 1 if a worker would not start.")
final class PreflightCommand implements Callable<Integer> {

    private final Rpa rpa;

    PreflightCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        // What is wrong is said by the log, as at a start.
        Silence.end();
        return rpa.preflight();
    }
}
