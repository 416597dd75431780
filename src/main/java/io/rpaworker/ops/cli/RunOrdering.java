package io.rpaworker.ops.cli;

import io.rpaworker.ops.action.RunActions;
import io.rpaworker.ops.action.RunOrder;
import io.rpaworker.ops.run.RunStories;
import io.rpaworker.ops.run.RunStory;

/** Gives orders about a run, having said how it is. */
final class RunOrdering {

    private final Rpa rpa;

    RunOrdering(Rpa rpa) {
        this.rpa = rpa;
    }

    int cancel(long id) {
        return carryOut("cancel", id, "Cancel it?");
    }

    int retry(long id) {
        return carryOut("retry", id, "Try again what has failed?");
    }

    int reopen(long id) {
        return carryOut("reopen", id, "Have it go on?");
    }

    private int carryOut(String action, long id, String question) {
        RunStory before = rpa.core().part(RunStories.class).one(id);
        rpa.confirm("%s %s".formatted(RunPage.sentence(before), question));
        RunOrder.Done done =
                rpa.core().part(RunActions.class).carryOut(id, new RunOrder(action, rpa.reason()), rpa.operator());
        rpa.answer(
                done,
                page -> page.line("Run %d of flow %s is %s, in round %d."
                        .formatted(done.runId(), done.flow(), done.state(), done.round())));
        return ExitCodes.DONE;
    }
}
