package io.rpaworker.ops.cli;

import io.rpaworker.ops.diagnosis.Diagnosis;
import io.rpaworker.ops.diagnosis.DiagnosisReport;
import io.rpaworker.ops.diagnosis.Finding;
import io.rpaworker.ops.diagnosis.Severity;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rpa diagnose}: what is wrong, and what to do. */
@Command(name = "diagnose", description = "Say what is wrong and what to do; 1 if something critical is.")
final class DiagnoseCommand implements Callable<Integer> {

    @Option(names = "--flow", paramLabel = "FLOW", description = "Only this flow.")
    private @Nullable String flow;

    private final Rpa rpa;

    DiagnoseCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        DiagnosisReport report = rpa.core().part(Diagnosis.class).diagnose(new Diagnosis.Request(flow, true, true));
        rpa.answer(report, page -> {
            page.line(Page.count(report.findings().size(), "finding"));
            report.findings().forEach(it -> tell(page, it));
            page.list("Recommendations", report.recommendations());
        });
        boolean critical = report.findings().stream().anyMatch(it -> it.severity() == Severity.CRITICAL);
        return critical ? ExitCodes.FAILED : ExitCodes.DONE;
    }

    private static void tell(Page page, Finding it) {
        page.heading("%s: %s (%s)".formatted(it.severity().text(), it.title(), it.id()));
        if (it.since() != null) {
            page.line("Since %s".formatted(Page.at(it.since())));
        }
        it.evidence().forEach((name, value) -> page.line("%s = %s".formatted(name, value)));
        page.line(it.whatToDo());
    }
}
