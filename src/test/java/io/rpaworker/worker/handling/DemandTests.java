package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much is claimed, of 16 slots with a second's work ahead. */
class DemandTests {

    private static final int SLOTS = 16;

    private HandlerSlots.Use use = new HandlerSlots.Use(SLOTS, SLOTS, 0);
    private final Demand demand = demand(Duration.ofSeconds(1), 500, false);

    @Test
    void beginsWithARecordForEachSlotAndThenWaitsUntilOneHasEnded() {
        assertThat(demand.records(0)).isEqualTo(SLOTS);

        busy(Duration.ofMillis(1));

        assertThat(demand.records(0)).isZero();
    }

    @Test
    void claimsWhatTheSlotsWillFinishInASecond() {
        calls(64, Duration.ofMillis(100));
        busy(Duration.ZERO);

        assertThat(demand.records(0)).isEqualTo(160);
    }

    @Test
    void claimsAFullBatchOfQuickRecordsHoweverManyWait() {
        calls(64, Duration.ofNanos(50_000));
        busy(Duration.ZERO);

        assertThat(demand.records(0)).isEqualTo(500);
        assertThat(demand.records(900)).isEqualTo(500);
    }

    // Record by record would be a claim for each.
    @Test
    void claimsTheNextHalfOnceHalfOfWhatIsAheadHasBegun() {
        calls(64, Duration.ofMillis(100));
        busy(Duration.ZERO);

        assertThat(demand.records(81)).isZero();
        assertThat(demand.records(80)).isEqualTo(80);
    }

    @Test
    void claimsForFreeSlotsAloneOnceTheMeanExceedsWhatIsClaimedAhead() {
        calls(64, Duration.ofMillis(1_001));
        use = new HandlerSlots.Use(0, SLOTS, 0);
        assertThat(demand.records(0)).isZero();

        use = new HandlerSlots.Use(3, SLOTS, 0);
        assertThat(demand.records(0)).isEqualTo(3);
        assertThat(demand.records(3)).isZero();
    }

    // Sixteen calls of up to 4 s: the first one to end says nothing of the others, but that they have not.
    @Test
    void theFirstCallToEndIsNotTakenForAllOfThem() {
        demand.handled(1, Duration.ofMillis(230).toNanos());
        use = new HandlerSlots.Use(1, SLOTS, 15 * Duration.ofMillis(230).toNanos());

        assertThat(demand.records(0)).isEqualTo(1);
    }

    @Test
    void shrinksWhileTheFirstSlowCallsStillRun() {
        calls(64, Duration.ofMillis(1));
        busy(Duration.ofMillis(900));
        assertThat(demand.records(0)).isBetween(30, 40);

        use = new HandlerSlots.Use(0, 0, 0);
        assertThat(demand.records(0)).as("none of them is young any more").isZero();
    }

    // Records of a minute are not to hold up quick ones.
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 15})
    void callsThatHangTakeNothingFromTheOthers(int hanging) {
        calls(64, Duration.ofMillis(1));
        int others = SLOTS - hanging;
        use = new HandlerSlots.Use(0, others, others * Duration.ofMillis(1).toNanos());

        assertThat(demand.records(0)).isEqualTo(500);
    }

    @Test
    void beginsAnewAfterThereWasNothingToDo() {
        calls(64, Duration.ofMillis(1));

        demand.forget();

        assertThat(demand.records(0)).isEqualTo(SLOTS);
    }

    @Test
    void aHandlerOfBatchesGetsThemWhole() {
        Demand batches = demand(Duration.ofSeconds(1), 200, true);
        assertThat(batches.records(0)).isEqualTo(200);
        assertThat(batches.records(SLOTS))
                .as("as many calls wait as there are slots")
                .isZero();

        // 200 of these in half a second.
        batches.handled(10, Duration.ofMillis(25).toNanos());
        busy(Duration.ZERO);
        assertThat(batches.records(0)).isEqualTo(200);

        for (int i = 0; i < 64; i++) {
            batches.handled(200, Duration.ofMillis(1_100).toNanos());
        }
        assertThat(batches.records(0)).as("the call before takes too long").isZero();
    }

    // Of 320 slots that take 2 s each one is free every 6 ms.
    @Test
    void waitsAMomentForMoreThanAFewOfManySlots() {
        var many = new Demand(() -> use, 320, Duration.ofSeconds(1), 500, false);
        assertThat(many.isWorthAMoment(19)).isTrue();
        assertThat(many.isWorthAMoment(20)).isFalse();
        assertThat(many.isWorthAMoment(0)).isFalse();
        assertThat(new Demand(() -> use, 320, Duration.ofSeconds(1), 10, false).isWorthAMoment(10))
                .as("a full batch")
                .isFalse();

        assertThat(demand.isWorthAMoment(1)).isFalse();
        assertThat(new Demand(() -> use, 320, Duration.ofSeconds(1), 10, true).isWorthAMoment(10))
                .as("one call of a batch handler")
                .isFalse();
    }

    @Test
    void claimsNothingAheadWhenToldSo() {
        Demand none = demand(Duration.ZERO, 500, false);
        none.handled(1, 1_000);
        use = new HandlerSlots.Use(2, SLOTS, 0);

        assertThat(none.records(0)).isEqualTo(2);
    }

    private Demand demand(Duration ahead, int batchSize, boolean whole) {
        return new Demand(() -> use, SLOTS, ahead, batchSize, whole);
    }

    private void busy(Duration each) {
        use = new HandlerSlots.Use(0, SLOTS, SLOTS * each.toNanos());
    }

    private void calls(int calls, Duration each) {
        for (int i = 0; i < calls; i++) {
            demand.handled(1, each.toNanos());
        }
    }
}
