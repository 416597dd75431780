package io.rpaworker.queue.deadletter;

import io.rpaworker.control.AuditedBatches.Batch;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Goes through the dead letters that are meant, a bounded batch at a time: flow by flow, the oldest first, and never
 * back. So an index gives the order, and what is not meant, or locked at this moment, is read once and not before each
 * batch.
 */
final class DeadLetterBatches {

    private static final String NEXT_FLOW = """
            select flow_name
            from processing_queue
            where failed_at is not null and flow_name::text > cast(:flow as text)
              and (cast(:only as text) is null or flow_name::text = cast(:only as text))
            order by flow_name
            limit 1
            """;

    private static final int BATCH = 1_000;

    private final JdbcClient jdbc;
    private final String statement;
    private final DeadLetterFilter meant;

    /**
     * A walk that begins wherever it is told to.
     *
     * @param statement changes a batch; returns {@code id} and {@code failed_at} of what it has changed, in their order
     */
    DeadLetterBatches(JdbcClient jdbc, String statement, DeadLetterFilter meant) {
        this.jdbc = jdbc;
        this.statement = statement;
        this.meant = meant;
    }

    /** A place between two batches: behind this dead letter of a flow. */
    record Place(String flow, OffsetDateTime failedAt, long id) {

        static Place startOf(String flow) {
            return new Place(flow, OffsetDateTime.MIN, Long.MIN_VALUE);
        }
    }

    /**
     * A batch that was changed.
     *
     * @param records how many
     * @param next where the walk goes on; null at its end
     */
    record Step(int records, @Nullable Place next) implements Batch {}

    /** Changes one batch; {@code from} is where the one before ended, null for the first. */
    Step step(@Nullable Place from) {
        Place start = from == null ? behind("") : from;
        if (start == null) {
            return new Step(0, null);
        }
        List<Place> changed = DeadLetters.meant(jdbc.sql(statement), meant.ofFlow(start.flow()))
                .param("afterFailedAt", start.failedAt())
                .param("afterId", start.id())
                .param("limit", BATCH)
                .query((row, rowNumber) ->
                        new Place(start.flow(), row.getObject("failed_at", OffsetDateTime.class), row.getLong("id")))
                .list();
        return new Step(changed.size(), changed.size() == BATCH ? changed.getLast() : behind(start.flow()));
    }

    private @Nullable Place behind(String flow) {
        return jdbc.sql(NEXT_FLOW)
                .param("flow", flow)
                .param("only", meant.flow())
                .query(String.class)
                .optional()
                .map(Place::startOf)
                .orElse(null);
    }
}
