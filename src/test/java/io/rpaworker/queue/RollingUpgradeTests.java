package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first release, this one, and the old system's Python workers on one table, with the newest schema. */
class RollingUpgradeTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final String OLD = "old-replica";

    private final FirstRelease first = new FirstRelease(DB);
    private final OldQueue python = new OldQueue(DB);
    private Fleet fleet;

    @BeforeEach
    void empty() {
        fleet = new Fleet(DB);
        first.register(OLD);
    }

    @Test
    void everyRecordHasOneOwnerWhoeverClaims() {
        DB.insertPending("f", 9);
        UUID claim = UUID.randomUUID();

        var owned = new ArrayList<>(first.claim(claim, OLD, "f", 3));
        Claim ours = fleet.claimed("a", 3);
        owned.addAll(ids(ours));
        owned.addAll(python.claim("f", "py-1", 3));

        assertThat(owned).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void eachCompletesItsOwnRecordsAndNoOtherOnes() {
        DB.insertPending("f", 4);
        UUID claim = UUID.randomUUID();
        List<Long> theirs = first.claim(claim, OLD, "f", 2);
        Claim ours = fleet.claimed("a", 2);

        assertThat(first.complete(claim, ids(ours))).isEmpty();
        assertThat(complete(ours, theirs)).isEmpty();

        assertThat(first.complete(claim, theirs)).isEqualTo(theirs);
        assertThat(complete(ours, ids(ours))).hasSize(2);
        first.forget(claim);
        fleet.queue().bookedClaims().forgetIfSettled(List.of(ours.id()));
        assertThat(DB.count("f", "completed")).isEqualTo(4);
    }

    @Test
    void whatOneFailsOrReleasesTheOtherTakesUp() {
        DB.insertPending("f", 2);
        UUID claim = UUID.randomUUID();
        first.claim(claim, OLD, "f", 2);

        assertThat(first.fail(claim, List.of(1L))).hasSize(1);
        assertThat(first.release(claim, List.of(2L))).hasSize(1);
        assertThat(fleet.queue().retries().promote(List.of("f"))).isEqualTo(1);
        Claim ours = fleet.claimed("a", 2);
        assertThat(ours.records()).extracting(Claim.ClaimedRecord::retryCount).containsExactlyInAnyOrder(1, 0);

        fleet.queue().releases().release(ours.id(), ids(ours));
        assertThat(first.claim(UUID.randomUUID(), OLD, "f", 2)).hasSize(2);
    }

    @Test
    void thisReleaseRecoversWhatTheFirstOneLeftAndShutsItOut() {
        DB.insertPending("f", 2);
        UUID claim = UUID.randomUUID();
        List<Long> theirs = first.claim(claim, OLD, "f", 2);

        fleet.kill(OLD);
        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(first.renew(OLD)).isFalse();
        assertThat(first.complete(claim, theirs)).isEmpty();
        assertThat(first.claim(UUID.randomUUID(), OLD, "f", 2)).isEmpty();
    }

    @Test
    void theFirstReleaseRecoversWhatThisOneLeftAndShutsItOut() {
        DB.insertPending("f", 2);
        Claim ours = fleet.claimed("a", 2);

        DB.expireLease("a");
        assertThat(first.declareDead()).isEqualTo(1);
        assertThat(first.recover()).hasSize(2);

        assertThat(complete(ours, ids(ours))).isEmpty();
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    private Set<Long> complete(Claim claim, List<Long> ids) {
        return fleet.queue().completions().complete(claim.id(), ids, Map.of()).ids();
    }

    private static List<Long> ids(Claim claim) {
        return claim.records().stream().map(Claim.ClaimedRecord::id).toList();
    }
}
