package io.rpaworker.queue;

import io.rpaworker.flow.Partition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a replica asks for.
 *
 * @param claimId made by the replica before it asks, so that it can name a claim whose answer was lost
 * @param replicaId who asks; gets nothing unless its lease holds
 * @param flow whose records
 * @param owner the flow that it belongs to, whose pause holds for it; the same for most
 * @param limit most records, at least 1
 * @param maxBytes most bytes of payload; one record is given even if it is larger
 * @param after the watermark: records up to here are passed over, so that the claim does not read again what others
 *     have left dead; null reads from the start
 * @param partition which of the flow's records are this instance's
 * @param careful whether to take no payload for readable: each is looked at before it becomes text. For a flow whose
 *     last claim has failed, since that may have been a payload's fault
 */
public record ClaimRequest(
        UUID claimId,
        String replicaId,
        String flow,
        String owner,
        int limit,
        long maxBytes,
        @Nullable Position after,
        Partition partition,
        boolean careful) {

    /** One of a flow that belongs to no other, and that expects no harm. */
    public ClaimRequest(
            UUID claimId,
            String replicaId,
            String flow,
            int limit,
            long maxBytes,
            @Nullable Position after,
            Partition partition) {
        this(claimId, replicaId, flow, flow, limit, maxBytes, after, partition, false);
    }

    /** The same for fewer records. */
    ClaimRequest limitedTo(int fewer) {
        return new ClaimRequest(claimId, replicaId, flow, owner, fewer, maxBytes, after, partition, careful);
    }
}
