package io.rpaworker.ops;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The queue as it is at this moment, for those who ask. Counting millions takes seconds, and a connection that claims
 * need: it is done once for all who ask, and who has waited long enough is told what the last snapshot knows.
 */
@Component
public class CurrentCounts {

    private static final Logger log = LoggerFactory.getLogger(CurrentCounts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);
    private static final Duration QUICK = Duration.ofMillis(100);

    private static final int MOST_WHO_WAIT = 6;

    private final QueueSnapshots snapshots;
    private final KnownFlows flows;
    private final BoundedQuestion<QueueSnapshot> question;
    private final Semaphore asking = new Semaphore(MOST_WHO_WAIT);

    CurrentCounts(QueueSnapshots snapshots, KnownFlows flows) {
        this.snapshots = snapshots;
        this.flows = flows;
        this.question = new BoundedQuestion<>("counts", PATIENCE, snapshots::count);
    }

    /**
     * Counts, and how old they are.
     *
     * @param age null if they have just been counted
     */
    public record Counted(QueueSnapshot snapshot, @Nullable Duration age) {}

    /**
     * Counts that may be those of the background.
     *
     * @param snapshot empty if nobody knows them
     * @param problem why not
     */
    public record Latest(
            Optional<QueueSnapshot> snapshot, @Nullable String problem) {

        /** Nobody knows them, for a reason. */
        public static Latest unknown(String problem) {
            return new Latest(Optional.empty(), problem);
        }

        /** As they are told, with their age; unknown if nobody knows them. */
        public QueueStatus told(Function<QueueSnapshot, QueueStatus> how) {
            return snapshot.map(it -> how.apply(it).aged(it.age().toSeconds()))
                    .orElseGet(() -> QueueStatus.unknown(problem));
        }
    }

    /**
     * Counts, unless the last counts are still to answer and know all the flows.
     *
     * @param named flows that are asked for; empty for all
     * @throws Problem if a flow is in no configuration, on no live replica and in no record; if rpa_db does not answer
     *     in time, and has not for so long that what is known is not the present
     */
    public Counted of(Set<String> named) {
        Counted counted = snapshots
                .recent()
                .filter(it -> flows.of(it).containsAll(named))
                .map(CurrentCounts::known)
                .orElseGet(this::count);
        named.forEach(it -> KnownFlows.require(it, flows.of(counted.snapshot())));
        return counted;
    }

    private Counted count() {
        return switch (ask(PATIENCE)) {
            case Answered<QueueSnapshot> it -> new Counted(it.value(), null);
            case Unanswered<QueueSnapshot> it -> {
                log.debug("Could not count the queue: {}", it.reason());
                yield snapshots
                        .fresh()
                        .map(CurrentCounts::known)
                        .orElseThrow(() -> new Problem(Problem.Kind.UNAVAILABLE, "rpa_db does not answer"));
            }
        };
    }

    // All wait for the same count, but each of them keeps the port from answering somebody else.
    private Answer<QueueSnapshot> ask(Duration patience) {
        if (!asking.tryAcquire()) {
            return new Unanswered<>("Too many ask");
        }
        try {
            return question.ask(patience);
        } finally {
            asking.release();
        }
    }

    private static Counted known(QueueSnapshot snapshot) {
        return new Counted(snapshot, snapshot.age());
    }

    /**
     * Counts where that is quick; of millions that wait, the counts of the background are good enough. Takes a second
     * at most, and never throws.
     *
     * @param named a flow that is asked for, so that counts which do not know it are not good enough; null for none
     */
    public Latest latest(@Nullable String named) {
        Optional<QueueSnapshot> recent = snapshots.recent().filter(it -> knows(it, named));
        if (recent.isPresent()) {
            return new Latest(recent, null);
        }
        if (snapshots
                .last()
                .filter(it -> it.took().compareTo(QUICK) > 0 && knows(it, named))
                .isPresent()) {
            return background("Counting takes long");
        }
        return switch (ask(SHORT_PATIENCE)) {
            case Answered<QueueSnapshot> it -> new Latest(Optional.of(it.value()), null);
            case Unanswered<QueueSnapshot> it -> background(it.reason());
        };
    }

    private boolean knows(QueueSnapshot snapshot, @Nullable String named) {
        return named == null || flows.of(snapshot).contains(named);
    }

    private Latest background(String reason) {
        return snapshots
                .fresh()
                .map(it -> new Latest(Optional.of(it), null))
                .orElseGet(() -> Latest.unknown(
                        "Not counted for %d s: %s".formatted(snapshots.age().toSeconds(), reason)));
    }
}
