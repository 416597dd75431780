package io.rpaworker.ops.cli;

import io.rpaworker.ops.story.DeadLetterAnalysis;
import io.rpaworker.ops.story.DeadLetterPage;
import io.rpaworker.ops.story.DeadLetterPage.Cause;
import io.rpaworker.ops.story.DeadLetterPage.Item;
import io.rpaworker.ops.story.DeadLetterStories;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** What there is to see of dead letters. */
final class DeadLetterViews {

    private static final int PAGE = 200;

    private final Rpa rpa;
    private final MeantDeadLetters meant;

    DeadLetterViews(Rpa rpa, MeantDeadLetters meant) {
        this.rpa = rpa;
        this.meant = meant;
    }

    int list(int limit, boolean details) {
        var found = new ArrayList<Item>();
        boolean more = each(limit, found::add);
        if (found.isEmpty()) {
            return none(new DeadLetterPage(found, null));
        }
        rpa.answer(new DeadLetterPage(found, null), page -> {
            if (details) {
                found.forEach(it -> tell(page, it));
            } else {
                page.table(table(found));
            }
            if (more) {
                page.line("There are more than %d (--limit).".formatted(limit));
            }
        });
        return ExitCodes.DONE;
    }

    private static Table table(List<Item> found) {
        Table table = Table.of("ID", "KEY", "FLOW", "FAILED AT", "ATTEMPTS", "KIND", "CAUSE", "ERROR");
        found.forEach(it -> table.row(
                String.valueOf(it.id()),
                it.recordKey(),
                it.flowName(),
                Page.at(it.failedAt()),
                it.attempts(),
                it.failureKind(),
                it.fingerprint(),
                it.errorMessage()));
        return table;
    }

    private static void tell(Page page, Item it) {
        page.heading("Record %d of flow %s".formatted(it.id(), it.flowName()));
        page.line("key %s, kind %s, cause %s"
                .formatted(Page.orNone(it.recordKey()), Page.orNone(it.failureKind()), Page.orNone(it.fingerprint())));
        page.line("added %s, failed %s, %d attempts, %d crashes"
                .formatted(Page.at(it.createdAt()), Page.at(it.failedAt()), it.attempts(), it.crashCount()));
        page.line("%s".formatted(Page.orNone(it.errorMessage())));
    }

    int groups() {
        List<Cause> causes = stories().groups(meant.asked()).groups();
        if (causes.isEmpty()) {
            return none(new DeadLetterPage.Groups(causes));
        }
        rpa.answer(new DeadLetterPage.Groups(causes), page -> page.table(causes(causes)));
        return ExitCodes.DONE;
    }

    int analysis() {
        DeadLetterAnalysis it = stories().analysis(meant.asked());
        if (it.totalDeadLetters() == 0) {
            return none(it);
        }
        rpa.answer(it, page -> {
            page.line("%s, from %s to %s, after %.1f attempts on average"
                    .formatted(
                            Page.count(it.totalDeadLetters(), "dead letter"),
                            Page.at(it.oldestDeadLetter()),
                            Page.at(it.newestDeadLetter()),
                            it.avgRetryCount()));
            page.heading("Causes").table(causes(it.errorPatterns()));
            Table flows = Table.of("FLOW", "DEAD LETTERS");
            it.byFlow().forEach(flows::row);
            page.heading("Flows").table(flows);
            Table hours = Table.of("HOUR", "DEAD LETTERS");
            it.temporalPatterns().forEach(hour -> hours.row(Page.at(hour.hour()), hour.failureCount()));
            if (!hours.isEmpty()) {
                page.heading("Hours of the last week").table(hours);
            }
            page.list(
                    "Suggestions",
                    it.suggestions().stream()
                            .map(s -> "%s: %s. %s".formatted(s.priority(), s.description(), s.action()))
                            .toList());
        });
        return ExitCodes.DONE;
    }

    private static Table causes(List<Cause> causes) {
        Table table = Table.of("COUNT", "FLOW", "KIND", "CAUSE", "FIRST", "LAST", "FOR INSTANCE", "ERROR");
        causes.forEach(it -> table.row(
                it.count(),
                it.flowName(),
                it.failureKind(),
                it.fingerprint(),
                Page.at(it.firstSeen()),
                Page.at(it.lastSeen()),
                it.sampleIds().isEmpty() ? null : String.valueOf(it.sampleIds().getFirst()),
                it.sampleError()));
        return table;
    }

    /** Writes those that are meant, by the old system's keys and ours. */
    int export(Path file, int limit) {
        long count = OutputFile.write(rpa, file, out -> export(out, limit));
        if (!file.toString().equals("-")) {
            rpa.terminal().err().printf("%,d dead letters were written to %s.%n", count, file);
        }
        return count == 0 ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    private int export(PrintWriter out, int limit) {
        var count = new int[1];
        JsonMapper json = JsonMapper.shared();
        try (JsonGenerator to =
                json.writer().without(StreamWriteFeature.AUTO_CLOSE_TARGET).createGenerator(out)) {
            to.writeStartObject();
            to.writePOJOProperty("export_timestamp", rpa.clock().instant().truncatedTo(ChronoUnit.SECONDS));
            to.writeStringProperty("run_id_filter", meant.runId());
            to.writeName("items");
            to.writeStartArray();
            each(limit, it -> {
                to.writePOJO(DeadLetterItem.of(it));
                count[0]++;
            });
            to.writeEndArray();
            to.writeNumberProperty("total_items", count[0]);
            to.writeEndObject();
        }
        out.println();
        return count[0];
    }

    // Whether there are more than so many.
    private boolean each(int limit, Consumer<Item> use) {
        int left = limit;
        String after = null;
        do {
            DeadLetterPage page = stories().page(meant.asked(), String.valueOf(Math.min(left, PAGE)), after);
            page.deadLetters().forEach(use);
            left -= page.deadLetters().size();
            after = page.next();
        } while (after != null && left > 0);
        return after != null;
    }

    private int none(Object shape) {
        rpa.answer(shape, page -> page.line("No dead letter is meant."));
        return ExitCodes.NOTHING;
    }

    private DeadLetterStories stories() {
        return rpa.core().part(DeadLetterStories.class);
    }
}
