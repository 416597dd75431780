package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Fleet fleet = new Fleet(DB);
    private final Releases releases = fleet.queue().releases();

    @Test
    void releaseGivesTheAttemptBack() {
        DB.insertPending("f", 1);
        Claim claim = fleet.claimed("a", 1);

        assertThat(releases.release(claim.id(), List.of(1L))).containsExactly(1L);

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(fleet.claimed("b", 1).records())
                .extracting(ClaimedRecord::id)
                .containsExactly(1L);
    }

    @Test
    void tellsWhatTheClaimStillHolds() {
        DB.insertPending("f", 3);
        Claim claim = fleet.claimed("a", 2);
        releases.release(claim.id(), List.of(1L));

        assertThat(releases.held(claim.id(), List.of(1L, 2L, 3L))).containsExactly(2L);
    }
}
