package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the leader shows of stray records. */
class StrayRecoveryTests {

    private final RpaDb db = Postgres.migrated();
    private final Leadership leadership = Leaderships.over(db.workerDataSource());
    private final ChoreProblems problems = new ChoreProblems();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final StrayRecovery recovery =
            new StrayRecovery(leadership, QueueParts.over(db).strays(), problems, meters);

    @Test
    void showsWhatItReleasedUntilAWholeWalkFindsNothing() {
        leadership.campaign("a", Duration.ofHours(1));
        stray(3);

        assertThat(recovery.runOnce()).isFalse();
        assertThat(problems.current()).singleElement().asString().contains("3 of flow f");
        assertThat(shown()).isEqualTo(3);
        assertThat(db.count("f", "pending")).isEqualTo(3);

        recovery.runOnce();
        assertThat(problems.current()).isEmpty();
        assertThat(shown()).isZero();
    }

    @Test
    void onlyTheLeaderWalks() {
        stray(1);

        assertThat(recovery.runOnce()).isFalse();

        assertThat(db.count("f", "processing")).isEqualTo(1);
        assertThat(problems.current()).isEmpty();
    }

    @Test
    void whoLeadsNoMoreShowsNothing() {
        leadership.campaign("a", Duration.ofHours(1));
        stray(1);
        recovery.runOnce();
        leadership.resign();

        recovery.runOnce();

        assertThat(problems.current()).isEmpty();
        assertThat(shown()).isZero();
    }

    private void stray(int records) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, claimed_at, claim_id)"
                        + " select 'f', '{}', 'processing', now() - interval '1 hour', gen_random_uuid()"
                        + " from generate_series(1, :records)")
                .param("records", records)
                .update();
    }

    private double shown() {
        return meters.get("rpa.records.stray").gauge().value();
    }
}
