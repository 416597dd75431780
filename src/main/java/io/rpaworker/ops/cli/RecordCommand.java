package io.rpaworker.ops.cli;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.action.RecordActions;
import io.rpaworker.ops.action.RecordOrder;
import io.rpaworker.ops.story.RecordStories;
import io.rpaworker.ops.story.RecordStory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rpa record}: everything known of one record. */
@Command(name = "record", description = "Tell everything that is known of one record, and why it is not running.")
final class RecordCommand implements Callable<Integer> {

    // A year.
    private static final long LONGEST = 31_536_000;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "ID", description = "Its id.")
    private @Nullable String id;

    @Option(names = "--flow", paramLabel = "FLOW", description = "Its flow, where it is asked for by its key.")
    private @Nullable String flow;

    @Option(names = "--key", paramLabel = "KEY", description = "Its key.")
    private @Nullable String key;

    @Option(names = "--payload", description = "Show its payload too.")
    private boolean payload;

    @Option(names = "--wait", description = "Wait until it is completed, or a dead letter: then 1.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait at most: then 1. For ever if it is not given.")
    private @Nullable Long timeout;

    private final Rpa rpa;

    RecordCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        if (timeout != null && (!wait || timeout < 0 || timeout > LONGEST)) {
            throw Refusal.usage("--timeout is for --wait, from 0 to %d.".formatted(LONGEST));
        }
        RecordStory told = wait ? new RecordWait(rpa.terminal(), this::story).until(timeout) : story();
        rpa.answer(told, page -> tell(page, told));
        boolean good = !wait || told.record().status().equals("completed");
        return good ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    @Command(name = "cancel", description = "Have it processed no more: at once, or its call is interrupted.")
    int cancel(@CommandLine.Parameters(paramLabel = "ID", description = "Its id.") long its) {
        return order(its, new RecordOrder("cancel", null, rpa.reason()));
    }

    @Command(name = "postpone", description = "Have it processed later.")
    int postpone(
            @CommandLine.Parameters(paramLabel = "ID", description = "Its id.") long its,
            @Option(
                            names = "--until",
                            required = true,
                            paramLabel = "TIME",
                            description = "Not before, like 2026-11-30T05:00:00Z.")
                    String until) {
        return order(its, new RecordOrder("postpone", until, rpa.reason()));
    }

    @Command(name = "run-now", description = "Have it processed at once, whenever it is due.")
    int runNow(@CommandLine.Parameters(paramLabel = "ID", description = "Its id.") long its) {
        return order(its, new RecordOrder("run_now", null, rpa.reason()));
    }

    private int order(long its, RecordOrder order) {
        RecordOrder.Done done = rpa.core().part(RecordActions.class).carryOut(its, order, rpa.operator());
        rpa.answer(
                done,
                page -> page.line("Record %d is %s%s."
                        .formatted(
                                done.recordId(),
                                done.outcome(),
                                done.at() == null ? "" : " until " + Page.at(done.at()))));
        return ExitCodes.DONE;
    }

    private RecordStory story() {
        var stories = rpa.core().part(RecordStories.class);
        if (id != null) {
            if (flow != null || key != null) {
                throw Refusal.usage("A record is asked for by its id or by --flow and --key, not both.");
            }
            return stories.ofId(Parameters.number("ID", id), payload);
        }
        if (flow == null || key == null) {
            throw Refusal.usage("Say which record: its ID, or --flow and --key.");
        }
        return stories.ofKey(flow, key, payload);
    }

    private static void tell(Page page, RecordStory story) {
        var it = story.record();
        page.styled(Style.BOLD, "Record %d of flow %s is %s".formatted(it.id(), it.flowName(), it.status()));
        story.why().forEach(sentence -> page.line("- " + sentence));
        page.line("");
        Table columns = Table.of("COLUMN", "VALUE");
        columns.row("record_key", Page.orNone(it.recordKey()));
        columns.row("attempts", String.valueOf(it.attempts()));
        columns.row("created_at", Page.at(it.createdAt()));
        columns.row("available_at", Page.at(it.availableAt()));
        columns.row("claimed_at", Page.at(it.claimedAt()));
        columns.row("completed_at", Page.at(it.completedAt()));
        columns.row("failed_at", Page.at(it.failedAt()));
        columns.row("next_retry_at", Page.at(it.nextRetryAt()));
        columns.row("failure_kind", Page.orNone(it.failureKind()));
        columns.row("fingerprint", Page.orNone(it.fingerprint()));
        columns.row("error_message", Page.orNone(it.errorMessage()));
        columns.row("payload_bytes", String.valueOf(it.payloadBytes()));
        page.table(columns);
        if (!story.attempts().isEmpty()) {
            Table attempts = Table.of("ATTEMPT", "FINISHED", "OUTCOME", "KIND", "ERROR");
            story.attempts()
                    .forEach(a -> attempts.row(
                            a.attempt(),
                            Page.at(a.finishedAt()),
                            a.outcome(),
                            Page.orNone(a.kind()),
                            Page.orNone(a.error())));
            page.heading("Failed attempts").table(attempts);
        }
        if (story.payload() != null) {
            page.heading("Payload").line(story.payload());
        }
    }
}
