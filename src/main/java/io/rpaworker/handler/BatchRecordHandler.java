package io.rpaworker.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles a claimed batch of one flow at once, for instance with one SurveyHub query for many records.
 *
 * @param <P> the payload, see {@link FlowHandler}
 * @param <R> the result, see {@link FlowHandler}
 */
public non-sealed interface BatchRecordHandler<P, R extends @Nullable Object> extends FlowHandler<P, R> {

    /**
     * Reads what the batch needs and computes. No transaction of rpa_db is open. May run again after a crash.
     *
     * @param batch at least one record, at most the flow's {@code batch-size}, oldest first; their payloads are valid
     * @return one outcome for each record, in the records' order; any other number is a failure of the whole batch
     * @throws Exception concerns every record of the batch: as in {@link RecordHandler#handle}. A batch of several
     *     records that fails so is handled again in halves, so that one record's fault does not become its neighbours'
     */
    List<Outcome<R>> handle(List<WorkRecord<P>> batch) throws Exception;
}
