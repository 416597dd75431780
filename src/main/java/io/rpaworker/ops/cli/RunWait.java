package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.run.RunStories;
import io.rpaworker.ops.run.RunStory;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Waits until a run has ended, and shows meanwhile how far it is. */
final class RunWait {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    // A year.
    private static final long LONGEST = 31_536_000;

    @Option(
            names = "--wait",
            description = "Wait until it has ended: 0 completed, 3 completed with failures, 1 failed or cancelled.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait at most: then 1, and the run goes on. For ever if it is not given.")
    private @Nullable Long timeout;

    boolean isAsked() {
        return wait;
    }

    /** Refuses a time that makes no sense, before anything is done. */
    void check() {
        if (timeout != null && (!wait || timeout < 0 || timeout > LONGEST)) {
            throw Refusal.usage("--timeout is for --wait, from 0 to %d.".formatted(LONGEST));
        }
    }

    /**
     * Waits, and tells of the run.
     *
     * @return the exit code
     */
    int until(Rpa rpa, long id) {
        Questions questions = rpa.core().part(Questions.class);
        RunList runs = rpa.core().part(RunList.class);
        RunStories stories = rpa.core().part(RunStories.class);
        Run last;
        // How far it is takes a walk over its records: too much for each look at whether it has ended.
        try (var line = new RunProgressLine(rpa.terminal(), () -> stories.one(id));
                var goodbye = new Goodbye(() -> line.say(goesOn(id)))) {
            var patience = new Patience<Run>(
                    () -> questions.ask(() -> find(runs, id)), it -> it.state().isEnded(), line::say);
            last = patience.until(PAUSE, timeout, line::show);
            if (!last.state().isEnded()) {
                goodbye.say();
            }
        }
        tell(rpa, stories, last);
        return exitCode(last.state());
    }

    // How it has ended is known, whatever becomes of the question for the rest.
    private static void tell(Rpa rpa, RunStories stories, Run last) {
        try {
            RunStory story = stories.one(last.id());
            rpa.answer(story, page -> RunPage.tell(page, story));
        } catch (Problem e) {
            rpa.terminal()
                    .say("Run %d of flow %s is %s. %s."
                            .formatted(last.id(), last.flow(), last.state().column(), e.getMessage()));
        }
    }

    private static String goesOn(long id) {
        return "Run %d goes on: rpa run show %d --wait waits for it, rpa run cancel %d ends it.".formatted(id, id, id);
    }

    private static Run find(RunList runs, long id) {
        return runs.find(id).orElseThrow(() -> new Problem(Problem.Kind.NOT_FOUND, "There is no run %d".formatted(id)));
    }

    private static int exitCode(RunState state) {
        return switch (state) {
            case COMPLETED -> ExitCodes.DONE;
            case COMPLETED_WITH_FAILURES -> ExitCodes.NOTHING;
            case QUEUED, DISCOVERING, PROCESSING, POST_PROCESSING, FAILED, CANCELLING, CANCELLED -> ExitCodes.FAILED;
        };
    }
}
