package io.rpaworker.queue.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Fleet;
import io.rpaworker.queue.recovery.StrayRecords.Step;
import io.rpaworker.queue.recovery.StrayRecords.Stray;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that are processing under a claim that has no row. */
class StrayRecordsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Fleet fleet = new Fleet(DB);
    private final StrayRecords strays = QueueParts.over(DB).strays();

    @BeforeEach
    void records() {
        DB.insertPending("f", 5);
    }

    @Test
    void areReleasedWithTheirAttempt() {
        fleet.claimed("a", 2);
        lose();

        Step step = strays.release(Long.MIN_VALUE);

        assertThat(step).isEqualTo(new Step(List.of(new Stray("f", 2)), 5, false));
        assertThat(DB.count("f", "pending")).isEqualTo(5);
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(DB.column(1, "crash_count", Integer.class)).isZero();
        assertThat(fleet.claimed("b", 5).records()).hasSize(5);
    }

    @Test
    void whatAClaimNamesIsLeftAloneWhoeverHoldsIt() {
        Claim claim = fleet.claimed("a", 5);
        age();
        DB.expireLease("a");

        assertThat(strays.release(Long.MIN_VALUE).released()).isEmpty();
        assertThat(DB.count("f", "processing")).isEqualTo(5);
        assertThat(fleet.queue()
                        .completions()
                        .complete(claim.id(), List.of(1L), Map.of())
                        .ids())
                .containsExactly(1L);
    }

    @Test
    void aYoungClaimIsGivenAMinute() {
        fleet.claimed("a", 5);
        DB.jdbc().sql("delete from processing_claim").update();

        assertThat(strays.release(Long.MIN_VALUE).released()).isEmpty();
    }

    @Test
    void pythonWorkersRecordsAreNone() {
        DB.insert("f", "processing", 1);
        age();

        assertThat(strays.release(Long.MIN_VALUE).released()).isEmpty();
    }

    @Test
    void theirFormerOwnerCannotSettleThemAnyMore() {
        Claim claim = fleet.claimed("a", 1);
        lose();
        strays.release(Long.MIN_VALUE);

        assertThat(fleet.queue()
                        .completions()
                        .complete(claim.id(), List.of(1L), Map.of())
                        .ids())
                .isEmpty();
    }

    @Test
    void whatIsBeingSettledAtThisMomentIsNotWaitedForAndStaysItsOwners() {
        Claim claim = fleet.claimed("a", 1);
        lose();

        fleet.queue().transaction().executeWithoutResult(stillOpen -> {
            fleet.queue().completions().complete(claim.id(), List.of(1L), Map.of());
            assertThat(QueueParts.over(DB).strays().release(Long.MIN_VALUE).released())
                    .isEmpty();
        });
        assertThat(strays.release(Long.MIN_VALUE).released()).isEmpty();
        assertThat(DB.status(1)).isEqualTo("completed");
    }

    @Test
    void aWalkComesPastEveryRecordOnceWhateverItsId() {
        DB.jdbc().sql("truncate processing_queue").update();
        DB.jdbc().sql("""
                insert into processing_queue (id, flow_name, payload, status, claimed_at, claim_id)
                select case when n % 2 = 0 then n else -n end * cast(1000000000 as bigint), 'f', '{}', 'processing', now() - interval '1 hour',
                       gen_random_uuid()
                from generate_series(1, 12000) n
                """).update();

        long reached = Long.MIN_VALUE;
        int steps = 0;
        int released = 0;
        Step step;
        do {
            step = strays.release(reached);
            released += step.released().stream().mapToInt(Stray::records).sum();
            assertThat(step.reached()).isGreaterThan(reached);
            reached = step.reached();
            steps++;
        } while (step.more());

        assertThat(steps).isEqualTo(3);
        assertThat(released).isEqualTo(12_000);
        assertThat(DB.count("f", "pending")).isEqualTo(12_000);
    }

    @Test
    void anEmptyTableIsWalkedInOneStep() {
        DB.jdbc().sql("truncate processing_queue").update();

        assertThat(strays.release(Long.MIN_VALUE)).isEqualTo(new Step(List.of(), Long.MIN_VALUE, false));
    }

    private static void lose() {
        DB.jdbc().sql("delete from processing_claim").update();
        age();
    }

    private static void age() {
        DB.jdbc()
                .sql(
                        "update processing_queue set claimed_at = now() - interval '2 minutes' where status = 'processing'")
                .update();
    }
}
