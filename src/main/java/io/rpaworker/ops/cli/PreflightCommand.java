package io.rpaworker.ops.cli;

import io.rpaworker.migration.Finding;
import io.rpaworker.migration.PreflightReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code rpa preflight}: whether a worker would start. */
@Command(
        name = "preflight",
        description = "Check flows, settings and rpa_db, and change nothing; 1 if a worker would not start.")
final class PreflightCommand implements Callable<Integer> {

    private final Rpa rpa;

    PreflightCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    /** What it says: of settings that are wrong there is one finding, which is refused. */
    @JsonNaming(SnakeCaseStrategy.class)
    private record Checked(boolean wouldStart, List<Finding> findings) {}

    @Override
    public Integer call() {
        return rpa.isJson() ? json() : text();
    }

    private int text() {
        // What is wrong with settings is said by the log, as at a start.
        Silence.end();
        try {
            PreflightReport report = rpa.preflight();
            rpa.terminal().out().println(report.text());
            return report.isRefused() ? ExitCodes.FAILED : ExitCodes.DONE;
        } catch (RuntimeException toldAlready) {
            return ExitCodes.FAILED;
        }
    }

    private int json() {
        Checked checked = checked();
        rpa.print(checked);
        return checked.wouldStart() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private Checked checked() {
        try {
            PreflightReport report = rpa.preflight();
            return new Checked(!report.isRefused(), report.findings());
        } catch (RuntimeException e) {
            return new Checked(
                    false,
                    List.of(new Finding(
                            "refused",
                            Explanation.of(e, rpa).text(),
                            "No worker starts before it is out of the way.")));
        }
    }
}
