package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.RunActions;
import io.rpaworker.ops.action.RunOrder;
import io.rpaworker.ops.action.RunStart;
import io.rpaworker.ops.run.RunStories;
import io.rpaworker.ops.run.RunStory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rpa run}: runs are started, watched, and given orders about. */
@Command(name = "run", description = "Runs: start, list, show, cancel, retry and reopen them.")
final class RunCommand implements Runnable {

    private final Rpa rpa;

    RunCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public void run() {
        throw Refusal.usage("Say which command of run: start, list, show, cancel, retry or reopen.");
    }

    @Command(name = "start", description = "Start a run of a flow; 1 if one is in its way.")
    int start(
            @Parameters(paramLabel = "FLOW", description = "Whose.") String flow,
            @Mixin ParameterOptions parameters,
            @Option(names = "--dry-run", description = "Read its pages and count their records, and add none.")
                    boolean dryRun,
            @Mixin RunWait wait) {
        wait.check();
        var start = new RunStart(flow, parameters.all(), dryRun, rpa.reason());
        RunOrder.Done done = rpa.core().part(RunActions.class).start(start, rpa.operator());
        String said = "Run %d of flow %s %s."
                .formatted(
                        done.runId(),
                        done.flow(),
                        done.state().equals("queued") ? "waits for those before it" : "is started");
        if (!wait.isAsked()) {
            rpa.answer(done, page -> page.line(said));
            return ExitCodes.DONE;
        }
        // Whoever reads the log of a process that has died meanwhile needs its number.
        rpa.terminal().say(said);
        return wait.until(rpa, done.runId());
    }

    @Command(name = "list", description = "List runs, the last first; 3 if there is none.")
    int list(
            @Option(names = "--flow", paramLabel = "FLOW", description = "Of this flow.") @Nullable String flow,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "In this state, such as processing; open means all that have not ended.")
                    @Nullable
                    String state,
            @Option(names = "--limit", paramLabel = "N", description = "Most of them, 1 to 200; 20 if it is not given.")
                    @Nullable
                    String limit) {
        RunStories.Page found = rpa.core().part(RunStories.class).page(flow, state, limit, null);
        rpa.answer(found, page -> {
            if (found.runs().isEmpty()) {
                page.line("No run is meant.");
                return;
            }
            page.table(RunPage.table(found.runs()));
            if (found.next() != null) {
                page.line("There are more (--limit).");
            }
        });
        return found.runs().isEmpty() ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    @Command(name = "show", description = "Tell everything that is known of one run, and why it has not ended.")
    int show(@Parameters(paramLabel = "ID", description = "Its id.") long id, @Mixin RunWait wait) {
        wait.check();
        if (wait.isAsked()) {
            return wait.until(rpa, id);
        }
        RunStory story = rpa.core().part(RunStories.class).one(id);
        rpa.answer(story, page -> RunPage.tell(page, story));
        return ExitCodes.DONE;
    }

    @Command(name = "cancel", description = "End a run: what waits is withdrawn, what is under way is interrupted.")
    int cancel(@Parameters(paramLabel = "ID", description = "Its id.") long id) {
        return new RunOrdering(rpa).cancel(id);
    }

    @Command(name = "retry", description = "Try again what has failed of a run; 1 if nothing has.")
    int retry(@Parameters(paramLabel = "ID", description = "Its id.") long id) {
        return new RunOrdering(rpa).retry(id);
    }

    @Command(
            name = "reopen",
            description = "Have a run go on that has ended, with what was withdrawn and what has failed.")
    int reopen(@Parameters(paramLabel = "ID", description = "Its id.") long id) {
        return new RunOrdering(rpa).reopen(id);
    }
}
