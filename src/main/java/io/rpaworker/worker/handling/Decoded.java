package io.rpaworker.worker.handling;

import io.rpaworker.flow.Flow;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.worker.inflight.InFlightRecord;

/** A claimed record, and what its handler sees of it. */
record Decoded<P>(InFlightRecord work, WorkRecord<P> record) {

    /**
     * Decodes a payload.
     *
     * @throws InvalidPayloadException if it is not what the flow asks for; a payload's own code may throw anything
     */
    static <P> Decoded<P> of(Flow<P, ?> flow, InFlightRecord work) {
        ClaimedRecord record = work.record();
        String flaw = record.flaw();
        if (flaw != null) {
            throw new InvalidPayloadException(flaw, null);
        }
        P payload = flow.decoder().decode(record.payload());
        return new Decoded<>(
                work,
                new WorkRecord<>(record.id(), flow.name(), record.key(), payload, work.attempt(), record.createdAt()));
    }
}
