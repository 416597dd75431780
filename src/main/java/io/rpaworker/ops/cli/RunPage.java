package io.rpaworker.ops.cli;

import io.rpaworker.ops.run.RunStory;
import java.util.List;

/** What there is to see of runs. */
final class RunPage {

    private RunPage() {}

    /** Some of them. */
    static Table table(List<RunStory> runs) {
        Table table = Table.of("ID", "FLOW", "CREATED", "BY", "ROUND", "HOW IT IS");
        runs.forEach(it -> table.row(
                style(it),
                String.valueOf(it.run().id()),
                it.run().flow(),
                Page.at(it.run().createdAt()),
                it.run().actor(),
                it.run().round(),
                it.text()));
        return table;
    }

    /** One of them in a sentence. */
    static String sentence(RunStory story) {
        String text = story.text();
        return "Run %d of flow %s is %s%s"
                .formatted(story.run().id(), story.run().flow(), text, text.endsWith(".") ? "" : ".");
    }

    /** How one is, and why it has not ended. */
    static void summary(Page page, RunStory story) {
        page.styled(story.run().endedAt() == null ? Style.BOLD : style(story), sentence(story));
        story.why().forEach(reason -> page.line("- " + reason));
    }

    /** Everything of one. */
    static void tell(Page page, RunStory story) {
        summary(page, story);
        details(page, story);
    }

    /** What its summary leaves out. */
    static void details(Page page, RunStory story) {
        page.line("").table(columns(story));
        RunStory.Summary summary = story.summary();
        if (summary != null && !summary.errors().isEmpty()) {
            Table errors = Table.of("RECORD", "FAILED", "KIND", "ERROR");
            summary.errors()
                    .forEach(it -> errors.row(
                            String.valueOf(it.recordId()),
                            Page.at(it.failedAt()),
                            it.failureKind(),
                            it.errorMessage()));
            String all = Page.count(summary.errorCount(), "dead letter");
            int shown = summary.errors().size();
            page.heading(shown == summary.errorCount() ? all : "The last %d of %s".formatted(shown, all))
                    .table(errors);
        }
    }

    private static Table columns(RunStory story) {
        RunStory.Columns run = story.run();
        RunStory.LedBy leader = run.leader();
        RunStory.Progress progress = story.progress();
        Table table = Table.of("COLUMN", "VALUE");
        table.row("started by", "%s (%s)".formatted(run.actor(), run.trigger()));
        if (run.tick() != null) {
            table.row("tick", Page.at(run.tick()));
        }
        table.row("parameters", run.parameters());
        table.row("round", run.round() + (run.dryRun() ? ", a dry run" : ""));
        table.row(
                "leader",
                leader == null
                        ? null
                        : "%s, term %d, since %s".formatted(leader.replica(), leader.term(), Page.at(leader.since())));
        table.row("pages read", String.valueOf(run.pages()));
        table.row("discovered", String.valueOf(run.discovered()));
        if (progress != null) {
            table.row(
                    "records",
                    "%,d: %,d completed, %,d failed, %,d cancelled, %,d waiting, %,d to be retried, %,d under way"
                            .formatted(
                                    progress.records(),
                                    progress.completed(),
                                    progress.failed(),
                                    progress.cancelled(),
                                    progress.waiting(),
                                    progress.retrying(),
                                    progress.underWay()));
            if (progress.ratePerSecond() != null) {
                table.row("rate", "%.1f/s".formatted(progress.ratePerSecond()));
                table.row("done about", Page.at(progress.eta()));
            }
        }
        table.row("created", Page.at(run.createdAt()));
        table.row("started", Page.at(run.startedAt()));
        table.row("discovered at", Page.at(run.discoveredAt()));
        table.row("processed", Page.at(run.processedAt()));
        table.row("ended", Page.at(run.endedAt()));
        return table;
    }

    private static Style style(RunStory story) {
        return switch (story.run().state()) {
            case "failed" -> Style.BAD;
            case "completed_with_failures" -> Style.WARNING;
            default -> Style.NONE;
        };
    }
}
