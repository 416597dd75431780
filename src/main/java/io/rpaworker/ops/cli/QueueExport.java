package io.rpaworker.ops.cli;

import io.rpaworker.queue.story.RecordExport;
import io.rpaworker.queue.story.RecordExport.Exported;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records to a file, part by part, so that no more than a part of them is in memory. */
final class QueueExport {

    private static final int SOME = 100;
    private static final int MANY = 10_000;
    private static final int TOLD = 10;

    private final Rpa rpa;
    private final @Nullable String flow;
    private final @Nullable String status;
    private final List<Long> tooLarge = new ArrayList<>();

    QueueExport(Rpa rpa, @Nullable String flow, @Nullable String status) {
        this.rpa = rpa;
        this.flow = flow;
        this.status = status;
    }

    int into(Path file) {
        long count = OutputFile.write(rpa, file, this::write);
        var err = rpa.terminal().err();
        err.printf("%,d records were written.%n", count);
        if (!tooLarge.isEmpty()) {
            err.printf(
                    "%,d of them without their payloads, which are too large for this command's memory: %s%s.%n",
                    tooLarge.size(),
                    String.join(
                            ", ",
                            tooLarge.stream().limit(TOLD).map(String::valueOf).toList()),
                    tooLarge.size() > TOLD ? ", ..." : "");
            return ExitCodes.FAILED;
        }
        return count == 0 ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    // Few rows are looked at where many are meant, since payloads may be large, and more the fewer are.
    private long write(PrintWriter out) {
        var records = rpa.core().part(RecordExport.class);
        long count = 0;
        long after = Long.MIN_VALUE;
        int window = SOME;
        while (!out.checkError()) {
            RecordExport.Part part = records.after(after, window, flow, status);
            part.records().forEach(it -> write(out, it));
            count += part.records().size();
            if (part.isLast()) {
                break;
            }
            after = part.seenTo();
            window = part.records().size() < SOME / 2 ? Math.min(2 * window, MANY) : SOME;
        }
        return count;
    }

    private void write(PrintWriter out, Exported record) {
        if (record.payload() == null) {
            tooLarge.add(record.id());
        }
        JsonLine.write(out, record);
    }
}
