package io.rpaworker.ops;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import java.time.Duration;
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

    private final QueueSnapshots snapshots;
    private final KnownFlows flows;
    private final BoundedQuestion<QueueSnapshot> question;

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
     * Counts.
     *
     * @throws Problem if rpa_db does not answer in time, and has not for so long that what is known is not the present
     */
    public Counted now() {
        return switch (question.ask()) {
            case Answered<QueueSnapshot> it -> new Counted(it.value(), null);
            case Unanswered<QueueSnapshot> it -> {
                log.debug("Could not count the queue: {}", it.reason());
                yield snapshots
                        .fresh()
                        .map(known -> new Counted(known, known.age()))
                        .orElseThrow(() -> new Problem(Problem.Kind.UNAVAILABLE, "rpa_db does not answer"));
            }
        };
    }

    /**
     * Refuses a flow that nobody knows.
     *
     * @throws Problem if it is in no configuration, on no live replica and in no record
     */
    public void requireKnown(String flow, QueueSnapshot snapshot) {
        flows.require(flow, snapshot);
    }
}
