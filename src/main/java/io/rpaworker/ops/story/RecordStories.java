package io.rpaworker.ops.story;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Questions;
import io.rpaworker.queue.story.HeldClaim;
import io.rpaworker.queue.story.PastAttempt;
import io.rpaworker.queue.story.QueueRecord;
import io.rpaworker.queue.story.Records;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells everything that is known of one record, and why it is not running. */
@Component
public class RecordStories {

    static final int MOST_BEFORE = 10_000;
    private static final int MOST_ATTEMPTS = 100;

    private final Questions questions;
    private final Records records;
    private final FlowSituations flows;

    RecordStories(Questions questions, Records records, FlowSituations flows) {
        this.questions = questions;
        this.records = records;
        this.flows = flows;
    }

    /**
     * Tells of the record with this id.
     *
     * @param withPayload whether whoever asks may see it
     * @throws Problem if there is none, or if rpa_db does not answer
     */
    public RecordStory ofId(long id, boolean withPayload) {
        return questions.ask(() -> tell(id, withPayload));
    }

    /**
     * Tells of the record of a flow that has this key.
     *
     * @param withPayload whether whoever asks may see it
     * @throws Problem if there is none, or if rpa_db does not answer
     */
    public RecordStory ofKey(String flow, String key, boolean withPayload) {
        return questions.ask(() -> {
            long id = records.idOf(flow, key)
                    .orElseThrow(() -> new Problem(
                                    Problem.Kind.NOT_FOUND, "Flow %s has no record with this key".formatted(flow))
                            .with("flow_name", flow)
                            .with("record_key", key));
            return tell(id, withPayload);
        });
    }

    private RecordStory tell(long id, boolean withPayload) {
        QueueRecord record = records.find(id)
                .orElseThrow(() -> new Problem(Problem.Kind.NOT_FOUND, "There is no record %d".formatted(id))
                        .with("record_id", id));
        HeldClaim claim = claim(record);
        List<PastAttempt> attempts = records.attempts(id, MOST_ATTEMPTS + 1);
        boolean more = attempts.size() > MOST_ATTEMPTS;
        boolean waits =
                record.status().equals("pending") && !record.availableAt().isAfter(record.askedAt());
        int before = waits ? records.before(record, MOST_BEFORE) : 0;
        return new RecordStory(
                RecordStory.Columns.of(record),
                Reasons.of(record, claim, before, flows.of(record.flowName())),
                claim == null ? null : RecordStory.Claim.of(claim),
                attempts.stream()
                        .skip(more ? 1 : 0)
                        .map(RecordStory.Attempt::of)
                        .toList(),
                more,
                withPayload ? records.payload(id).orElse(null) : null);
    }

    private @Nullable HeldClaim claim(QueueRecord record) {
        String claimId = record.claimId();
        return claimId == null || !record.status().equals("processing")
                ? null
                : records.claim(claimId).orElse(null);
    }
}
