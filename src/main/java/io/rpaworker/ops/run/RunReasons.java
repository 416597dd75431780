package io.rpaworker.ops.run;

import static io.rpaworker.ops.run.RunText.at;
import static io.rpaworker.ops.run.RunText.host;
import static io.rpaworker.ops.run.RunText.many;

import io.rpaworker.control.FlowPause;
import io.rpaworker.ops.run.RunSituations.Situation;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunProgress;
import io.rpaworker.queue.run.RunProgress.OpenPart;
import io.rpaworker.queue.run.RunProgress.UnderWay;
import io.rpaworker.queue.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Says why a run has not ended: which of its records have not, and what keeps them from it. */
final class RunReasons {

    private final Run run;
    private final RunProgress progress;
    private final Situation situation;
    private final Instant now;
    private final List<String> sentences = new ArrayList<>();

    private RunReasons(Run run, RunProgress progress, Situation situation, Instant now) {
        this.run = run;
        this.progress = progress;
        this.situation = situation;
        this.now = now;
    }

    static List<String> of(Run run, RunProgress progress, Situation situation, Instant now) {
        var reasons = new RunReasons(run, progress, situation, now);
        reasons.order();
        reasons.progress.parts().forEach(reasons::part);
        reasons.records();
        if (run.state() != RunState.QUEUED) {
            reasons.nothingOpen();
            reasons.unhandled();
        }
        reasons.sentences.addAll(situation.hindrances());
        return List.copyOf(reasons.sentences);
    }

    private void order() {
        if (run.state() == RunState.QUEUED) {
            queued();
        }
        if (run.state() == RunState.CANCELLING) {
            say("It is being cancelled, and ends once nothing of it runs");
        }
        if (run.state() == RunState.DISCOVERING && run.reason() != null) {
            say("It fails once nothing of it is open, unless it is retried before. " + run.reason());
        }
        for (FlowPause pause : situation.pauses()) {
            Instant until = pause.until();
            say("Flow %s is paused by %s since %s, until %s%s"
                    .formatted(
                            pause.flow(),
                            pause.by(),
                            at(pause.since()),
                            until == null ? "somebody resumes it" : at(until),
                            pause.reason().isEmpty() ? "" : ": " + RunText.words(pause.reason())));
        }
    }

    private void queued() {
        List<Long> before = situation.before();
        if (before.isEmpty()) {
            say("The runs before it have ended; it begins within seconds");
            return;
        }
        int others = before.size() - 1;
        say("It waits for run %d%s"
                .formatted(before.getFirst(), others == 0 ? "" : " and %s before that".formatted(many(others, "run"))));
    }

    private void part(OpenPart part) {
        UnderWay held = part.underWay();
        Instant due = part.dueAt();
        if (held != null) {
            say("%s on %s since %s%s"
                    .formatted(
                            isDone(part),
                            host(held.replica()),
                            at(held.since()),
                            part.error() == null ? "" : "; before, it failed: " + RunText.words(part.error())));
        } else if (part.error() != null) {
            say("%s has failed and is tried again %s: %s"
                    .formatted(
                            name(part),
                            due == null || !due.isAfter(now) ? "now" : "at " + at(due),
                            RunText.words(part.error())));
        } else if (due != null && due.isAfter(now)) {
            say("%s waits until fewer records of the run wait (max-open); it looks again at %s"
                    .formatted(name(part), at(due)));
        } else {
            say("%s waits for a replica".formatted(name(part)));
        }
    }

    private static String name(OpenPart part) {
        return switch (part.kind()) {
            case PAGE -> "Page %d".formatted(part.number() + 1);
            case RETRY, REOPEN -> "What has the run's dead letters tried again";
            case END -> "What is done once at the end";
        };
    }

    private static String isDone(OpenPart part) {
        return switch (part.kind()) {
            case PAGE -> "Page %d is being read".formatted(part.number() + 1);
            case RETRY, REOPEN -> "Its dead letters are being made pending again";
            case END -> "What is done once at the end is being done";
        };
    }

    private void records() {
        if (progress.waiting() > 0) {
            say("%s %s".formatted(many(progress.waiting(), "record"), progress.waiting() == 1 ? "waits" : "wait"));
        }
        Instant next = progress.nextRetryAt();
        if (progress.retrying() > 0 && next != null) {
            say("%s for a retry, %s"
                    .formatted(
                            progress.retrying() == 1 ? "1 record waits" : many(progress.retrying(), "record") + " wait",
                            progress.retrying() == 1
                                    ? "which is due at " + at(next)
                                    : "the first of which is due at " + at(next)));
        }
        UnderWay oldest = progress.oldest();
        if (oldest != null) {
            say("%s under way, %son %s for %s"
                    .formatted(
                            progress.underWay() == 1 ? "1 record is" : many(progress.underWay(), "record") + " are",
                            progress.underWay() == 1 ? "" : "the longest ",
                            host(oldest.replica()),
                            RunText.since(oldest.since(), now)));
        }
    }

    // Whoever looks at runs does so each second on the leader, and each sweep on the others.
    private void nothingOpen() {
        if (progress.open() == 0 && progress.parts().isEmpty()) {
            say("Nothing of it is open; it goes on within seconds");
        }
    }

    private void unhandled() {
        for (String flow : situation.unhandled()) {
            boolean needed = flow.equals(run.flow())
                    ? progress.waiting() + progress.retrying() > 0
                    : progress.parts().stream().anyMatch(it -> flow.equals(run.flow() + beside(it)));
            if (needed) {
                say("No live replica processes flow %s".formatted(flow));
            }
        }
    }

    private static String beside(OpenPart part) {
        return part.kind() == RunPart.Kind.END ? RunPart.END : RunPart.DISCOVERY;
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }
}
