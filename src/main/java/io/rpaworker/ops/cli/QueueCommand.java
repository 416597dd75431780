package io.rpaworker.ops.cli;

import io.rpaworker.handler.RecordIntake;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rpa queue}: records into the queue, and out of it. */
@Command(name = "queue", description = "Records: add them from a file, and write them to one.")
final class QueueCommand implements Runnable {

    private static final String INTAKE = "io.rpaworker.queue.intake";
    private static final List<String> STATUSES = List.of("pending", "processing", "completed", "failed");

    private final Rpa rpa;

    QueueCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public void run() {
        throw Refusal.usage("Say which command of queue: add or export.");
    }

    @Command(
            name = "add",
            description = {
                "Add records: one JSON object a line, or CSV with a heading.",
                "A line is the payload, or {\"payload\": {...}, \"key\": \"...\"} as queue export writes it. If it is broken"
                        + " off, the same command goes on where it was."
            })
    int add(
            @Parameters(paramLabel = "FILE", description = "The file; - is standard input.") Path file,
            @Mixin AddOptions options) {
        return new QueueAdd(rpa, rpa.core().part(RecordIntake.class, INTAKE), file, options).run();
    }

    @Command(
            name = "export",
            description = "Write records, one JSON object a line, as queue add reads them; 3 if none is meant.")
    int export(
            @Parameters(paramLabel = "FILE", description = "The file; - is standard output.") Path file,
            @Option(names = "--flow", paramLabel = "FLOW", description = "Of this flow.") @Nullable String flow,
            @Option(
                            names = "--status",
                            paramLabel = "STATUS",
                            description = "In this status: pending, processing, completed or failed.")
                    @Nullable
                    String status) {
        if (status != null && !STATUSES.contains(status)) {
            throw Refusal.usage("--status is one of %s.".formatted(String.join(", ", STATUSES)));
        }
        return new QueueExport(rpa, flow, status).into(file);
    }
}
