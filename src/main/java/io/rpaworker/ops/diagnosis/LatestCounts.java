package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.ops.QueueStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The latest counts of the queue, and what was read with them. Counts anew where that is quick; of millions that wait,
 * the counts of the background are good enough.
 */
@Component
class LatestCounts {

    private static final Duration QUICK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Where there is nobody to ask. */
    static final Counts NO_CONNECTION = new Counts(Optional.empty(), "Database connection unavailable");

    private final QueueSnapshots snapshots;
    private final BoundedQuestion<QueueSnapshot> inquiry;

    LatestCounts(QueueSnapshots snapshots) {
        this.snapshots = snapshots;
        this.inquiry = new BoundedQuestion<>("latest-counts", PATIENCE, snapshots::count);
    }

    /**
     * What is known.
     *
     * @param snapshot the counts; empty if nobody knows them
     * @param problem why not
     */
    record Counts(
            Optional<QueueSnapshot> snapshot, @Nullable String problem) {

        /** As they are told, with their age; unknown if nobody knows them. */
        QueueStatus told(Function<QueueSnapshot, QueueStatus> how) {
            return snapshot.map(it -> how.apply(it).aged(it.age().toSeconds()))
                    .orElseGet(() -> QueueStatus.unknown(problem));
        }
    }

    /** Asks for them, for a second at most; never throws. */
    Counts ask() {
        Optional<QueueSnapshot> last = snapshots.last();
        if (last.isPresent() && last.get().took().compareTo(QUICK) > 0) {
            return background("Counting takes long");
        }
        return switch (inquiry.ask()) {
            case Answered<QueueSnapshot> it -> new Counts(Optional.of(it.value()), null);
            case Unanswered<QueueSnapshot> it -> background(it.reason());
        };
    }

    private Counts background(String reason) {
        Optional<QueueSnapshot> fresh = snapshots.fresh();
        return new Counts(
                fresh,
                fresh.isPresent()
                        ? null
                        : "Not counted for %d s: %s".formatted(snapshots.age().toSeconds(), reason));
    }
}
