package io.rpaworker.queue.run;

import io.rpaworker.database.Timestamps;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.intake.RunIntake;
import io.rpaworker.queue.intake.RunIntake.Place;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the end of a run does in rpa_db, in the transaction that completes it as a record. */
@Component
public class RunEnd {

    // Held until that transaction is over: a retry that would reopen the run waits for it, and begins the next round.
    private static final String LOCK = """
            select true
            from processing_run r
            where r.id = :run and r.state::text = 'post_processing' and r.round = :round
            for update
            """;

    private static final String END = """
            update processing_run r
            set state = case when (r.counts ->> 'completed'::text)::bigint = (r.counts ->> 'records'::text)::bigint
                             then 'completed' else 'completed_with_failures' end,
                ended_at = clock_timestamp()
            where r.id = :run and r.state::text = 'post_processing' and r.round = :round
            returning r.state, r.started_at, r.ended_at
            """;

    private static final String GO_ON = """
            update processing_run r
            set state = 'processing', round = r.round + 1, processed_at = null
            where r.id = :run and r.state::text = 'post_processing' and r.round = :round
            """;

    private final JdbcClient jdbc;
    private final RunIntake intake;

    RunEnd(JdbcClient jdbc, RunIntake intake) {
        this.jdbc = jdbc;
        this.intake = intake;
    }

    /** How a run has ended. */
    public record Ended(RunState state, Instant startedAt, Instant endedAt) {}

    /**
     * Whether the run is still to end in this part's round; if so nothing else changes it before the transaction is
     * over.
     */
    public boolean isToEnd(RunPart end) {
        return jdbc.sql(LOCK)
                .param("run", end.run())
                .param("round", end.round())
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    /**
     * Ends a run, or has it go on with more records. The caller has asked {@link #isToEnd}.
     *
     * @param more what it has to process before it ends
     * @return empty if it goes on
     */
    public Optional<Ended> end(RunPart end, String flow, List<NewRecord> more) {
        // Not as an end's own key: the trigger knows ends by that, and leaves out those of other rounds.
        int added = intake.add(new Place(flow, end.run(), null, 0, "#more:" + end.round()), more);
        if (added > 0) {
            expectOne(end, update(GO_ON, end).update());
            return Optional.empty();
        }
        List<Ended> ended = update(END, end)
                .query((row, rowNumber) -> new Ended(
                        RunState.of(row.getString("state")),
                        Timestamps.of(row, "started_at"),
                        Timestamps.of(row, "ended_at")))
                .list();
        expectOne(end, ended.size());
        return Optional.of(ended.getFirst());
    }

    private JdbcClient.StatementSpec update(String sql, RunPart end) {
        return jdbc.sql(sql).param("run", end.run()).param("round", end.round());
    }

    private static void expectOne(RunPart end, int changed) {
        if (changed != 1) {
            throw new IllegalStateException("Run %d is not as it was locked".formatted(end.run()));
        }
    }
}
