package io.rpaworker.ops.story;

import io.rpaworker.control.Actor;
import io.rpaworker.control.FlowPause;
import io.rpaworker.database.Timestamps;
import io.rpaworker.flow.FlowSettings;
import io.rpaworker.flow.Partition;
import io.rpaworker.queue.story.HeldClaim;
import io.rpaworker.queue.story.QueueRecord;
import io.rpaworker.text.DurationText;
import io.rpaworker.text.Nearest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says of a record in sentences what is happening to it, or why nothing is. */
final class Reasons {

    private static final int MOST_WAITS = 10;
    private static final int MOST_WORDS = 200;
    private static final int MOST_BEFORE = RecordStories.MOST_BEFORE;

    private final QueueRecord record;
    private final @Nullable HeldClaim claim;
    private final int before;
    private final FlowSituation flow;
    private final List<String> sentences = new ArrayList<>();

    private Reasons(QueueRecord record, @Nullable HeldClaim claim, int before, FlowSituation flow) {
        this.record = record;
        this.claim = claim;
        this.before = before;
        this.flow = flow;
    }

    /**
     * The sentences, the most important first.
     *
     * @param claim that it is under; null if it is under none that has a row
     * @param before how many records of its flow are claimed before it
     */
    static List<String> of(QueueRecord record, @Nullable HeldClaim claim, int before, FlowSituation flow) {
        var reasons = new Reasons(record, claim, before, flow);
        switch (record.status()) {
            case "pending" -> reasons.pending();
            case "processing" -> reasons.processing();
            case "completed" -> reasons.completed();
            case "failed" -> reasons.failed();
            default -> reasons.say("Its status '%s' is not the worker's; it is left alone".formatted(record.status()));
        }
        reasons.cancelled();
        return List.copyOf(reasons.sentences);
    }

    private void pending() {
        boolean due = !record.availableAt().isAfter(record.askedAt());
        if (record.attempts() > 0) {
            say("It has failed %s so far".formatted(times(record.attempts())));
        }
        say((due ? "It has been due %s (available_at %s)" : "It is due %s (available_at %s)")
                .formatted(
                        due ? since(record.availableAt()) : until(record.availableAt()), shown(record.availableAt())));
        int waits = sentences.size();
        paused();
        unhandled();
        if (!due) {
            return;
        }
        limited();
        awaited();
        elsewhere();
        if (record.crashCount() > 1) {
            say("It waits to run alone: it was under way in %d crashes".formatted(record.crashCount()));
        } else if (before > 0) {
            String many = String.format(Locale.ROOT, "%,d", before);
            say((before < MOST_BEFORE
                            ? "Up to %s records of its flow are before it"
                            : "At least %s records of its flow are before it")
                    .formatted(many));
        }
        if (sentences.size() == waits && flow.replicas() > 0) {
            say((flow.replicas() == 1
                            ? "Nothing keeps it: the live replica that handles flow %s should claim it at any moment"
                            : "Nothing keeps it: one of %2$d live replicas that handle flow %1$s should claim it at any moment")
                    .formatted(flow.flow(), flow.replicas()));
        }
    }

    // In the words of rpa_explain.
    private void paused() {
        FlowPause pause = flow.orders().pauseOf(flow.flow(), flow.owner()).orElse(null);
        if (pause != null) {
            Instant end = pause.until();
            say("Flow %s is paused by %s %s (paused_at %s), until %s%s"
                    .formatted(
                            pause.flow(),
                            pause.by(),
                            since(pause.since()),
                            shown(pause.since()),
                            end == null ? "somebody resumes it" : shown(end),
                            words(pause.reason())));
        }
    }

    private void cancelled() {
        Actor by = flow.orders().cancellations().get(record.id());
        if (by != null) {
            say("%s has cancelled it, which interrupts it where it runs%s".formatted(by.name(), words(by.reason())));
        }
    }

    // What somebody wrote, as the end of a sentence.
    private static String words(String reason) {
        String cut = reason.substring(0, Math.min(reason.length(), MOST_WORDS));
        String line = cut.strip().replaceAll("\\s+", " ");
        return line.isEmpty() ? "" : ": " + line;
    }

    private void unhandled() {
        if (flow.isUnhandled()) {
            say((flow.handled().isEmpty()
                            ? "No live replica handles flow %s, nor any other"
                            : "No live replica handles flow %s; the nearest name that one handles is %s")
                    .formatted(flow.flow(), flow.handled().isEmpty() ? "" : Nearest.to(flow.flow(), flow.handled())));
        }
        switch (flow.here()) {
            case NOT_ENABLED ->
                say("Replica %s has a handler for flow %s, but it is not enabled there"
                        .formatted(flow.host(), flow.flow()));
            case STANDARD ->
                say("On replica %s flow %s is in mode standard: its records are left alone"
                        .formatted(flow.host(), flow.flow()));
            case PROCESSED, NO_HANDLER -> {}
        }
    }

    private void limited() {
        FlowSettings settings = flow.settings();
        if (settings == null) {
            return;
        }
        Integer most = settings.limits().maxInFlight();
        if (most != null && flow.underWay() >= most) {
            say("Flow %s has as many claimed records as its max-in-flight lets it: %d of %d"
                    .formatted(flow.flow(), flow.underWay(), most));
        }
        Double rate = settings.limits().rateLimit();
        if (rate != null) {
            say("Flow %s may claim %s records per second over all replicas (rate-limit)".formatted(flow.flow(), rate));
        }
    }

    private void awaited() {
        flow.hindrances().stream()
                .flatMap(it -> it.condition().awaited().stream()
                        .map(awaited -> "Replica %s waits for source %s, for %s%s"
                                .formatted(
                                        it.host(),
                                        awaited.source(),
                                        DurationText.of(awaited.waiting()),
                                        words(awaited.reason()))))
                .limit(MOST_WAITS)
                .forEach(this::say);
    }

    private void elsewhere() {
        FlowSettings settings = flow.settings();
        if (settings != null && record.crashCount() <= 1) {
            Partition share = settings.partition();
            long its = Math.floorMod(record.id(), share.count());
            if (its != share.index()) {
                say("It belongs to share %d of %d; replica %s takes share %d"
                        .formatted(its, share.count(), flow.host(), share.index()));
            }
        }
    }

    private void processing() {
        if (record.claimId() == null) {
            python();
        } else if (claim == null) {
            say("It is processing under a claim that has no row: it is found by a walk and made pending again");
        } else {
            claimed(claim);
        }
    }

    private void python() {
        FlowSettings settings = flow.settings();
        Instant claimedAt = record.claimedAt();
        say(("It was claimed by a Python worker (%s)%s, without a lease; it is recovered once its claim is older than"
                        + " cleanup-timeout%s")
                .formatted(
                        record.flowInstanceId() == null ? "it does not say which" : record.flowInstanceId(),
                        claimedAt == null ? "" : " at " + shown(claimedAt),
                        settings == null ? "" : " (" + DurationText.of(settings.cleanupTimeout()) + ")"));
        unhandled();
    }

    private void claimed(HeldClaim held) {
        Instant lease = held.leaseUntil();
        String who = "It is claimed by %s and under way %s".formatted(held.instanceId(), since(held.claimedAt()));
        if (lease == null) {
            say("%s; that replica is not known any more, so recovery makes it pending again".formatted(who));
        } else if (held.over()) {
            say("%s; that replica's lease has ended, so recovery makes it pending again".formatted(who));
        } else {
            say("%s; its lease ends %s".formatted(who, until(lease)));
        }
        if (held.isolated()) {
            say("It runs alone: it was under way in %d crashes".formatted(record.crashCount()));
        }
    }

    private void completed() {
        int attempts = Math.max(0, record.attempts()) + 1;
        Instant at = record.completedAt();
        say("It completed%s after %d %s"
                .formatted(at == null ? "" : " at " + shown(at), attempts, attempts == 1 ? "attempt" : "attempts"));
    }

    private void failed() {
        Instant next = record.nextRetryAt();
        if (next == null) {
            Instant at = record.failedAt();
            say("It is a dead letter of kind %s%s: no attempt is due"
                    .formatted(
                            record.failureKind() == null ? "unknown" : record.failureKind(),
                            at == null ? "" : " since " + shown(at)));
            return;
        }
        boolean due = !next.isAfter(record.askedAt());
        say((due
                        ? "It has failed %s; the next attempt has been due %s (next_retry_at %s)"
                        : "It has failed %s; the next attempt is due %s (next_retry_at %s)")
                .formatted(times(record.attempts()), due ? since(next) : until(next), shown(next)));
        paused();
        unhandled();
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }

    private static String times(int number) {
        return number == 1 ? "once" : Math.max(0, number) + " times";
    }

    private String since(Instant then) {
        if (!Timestamps.isFinite(then)) {
            return "since ever";
        }
        return "for " + DurationText.of(positive(Duration.between(then, record.askedAt())));
    }

    private String until(Instant then) {
        return Timestamps.isFinite(then)
                ? "in " + DurationText.of(positive(Duration.between(record.askedAt(), then)))
                : "never";
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static String shown(Instant instant) {
        return Timestamps.text(Timestamps.isFinite(instant) ? instant.truncatedTo(ChronoUnit.MILLIS) : instant);
    }
}
