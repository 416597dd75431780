package io.rpaworker.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every handler has, whether it takes records one by one or by the batch. Implement one of the two permitted
 * interfaces in a Spring bean.
 *
 * @param <P> the payload: a Java record that the JSON payload is decoded into and that Bean Validation checks
 * @param <R> what was found out; written as JSON into the record under {@code payload.result}
 */
public sealed interface FlowHandler<P, R extends @Nullable Object> permits RecordHandler, BatchRecordHandler {

    /** The flow whose records this handler takes: 1 to 100 characters, {@code processing_queue.flow_name}. */
    String flow();

    /**
     * Writes a chunk of results to rpa_db, in the transaction that completes their records: both happen or neither.
     *
     * <p>Use the ordinary {@code JdbcClient} or {@code JdbcTemplate} bean; do not commit, do not open a second
     * transaction, do not call other systems. Only records that are still this worker's are in the chunk. If it throws
     * for a chunk of several it is called again with halves of it, down to single records, so that only the culprit
     * fails.
     *
     * @param chunk at least one handled record, in the order of their ids
     */
    default void write(List<Handled<P, R>> chunk) {}

    /**
     * The systems besides rpa_db that {@link RecordHandler#handle} reads. While one of them is down, no record of this
     * flow is claimed.
     *
     * @return empty if rpa_db is all that the handler needs
     */
    default List<Source> sources() {
        return List.of();
    }
}
