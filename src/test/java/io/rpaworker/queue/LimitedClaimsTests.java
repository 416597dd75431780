package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Limits;
import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LimitedClaimsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final LimitedClaims claims = QueueParts.over(DB).limitedClaims();

    @BeforeEach
    void empty() {
        DB.emptyQueue("a");
        DB.insertPending("f", 100);
    }

    @Test
    void neverMoreUnderWayThanAllowedHoweverManyClaimAtOnce() {
        var limits = new Limits(null, 7);

        int claimed = IntStream.range(0, 8)
                .mapToObj(n -> supplyAsync(() -> claim(3, limits).records().size(), Thread::startVirtualThread))
                .toList()
                .stream()
                .mapToInt(it -> it.join())
                .sum();

        assertThat(claimed).isEqualTo(7);
        assertThat(DB.count("f", "processing")).isEqualTo(7);
    }

    @Test
    void whatIsSettledMakesRoom() {
        var limits = new Limits(null, 5);
        Claim first = claim(10, limits);
        assertThat(first.records()).hasSize(5);

        QueueParts.over(DB).releases().release(first.id(), List.of(1L, 2L));

        assertThat(claim(10, limits).records()).hasSize(2);
    }

    @Test
    void noMorePerSecondThanAllowed() {
        var limits = new Limits(4.0, null);

        assertThat(claim(10, limits).records()).hasSize(4);
        lastFilled("1 hour");
        assertThat(claim(10, limits).records()).isEmpty();

        lastFilled("500 ms ago");
        assertThat(claim(10, limits).records()).hasSizeBetween(2, 4);

        lastFilled("1 hour ago");
        assertThat(claim(10, limits).records()).hasSize(4);
    }

    @Test
    void whatComesInDuringAClaimIsNotLost() {
        // Tells when the claim's own statement was at work; the bucket was counted before that.
        DB.jdbc().sql("""
                create table claiming (at timestamptz);
                grant insert on claiming to public;
                create function claiming() returns trigger language plpgsql as $$
                begin
                    insert into claiming values (clock_timestamp());
                    return null;
                end $$;
                create trigger claiming after insert on processing_claim for each statement execute function claiming();
                """).update();
        try {
            assertThat(claim(1, new Limits(4.0, null)).records()).hasSize(1);

            assertThat(DB.jdbc()
                            .sql("select refilled_at < at from flow_limit, claiming")
                            .query(Boolean.class)
                            .single())
                    .isTrue();
        } finally {
            DB.jdbc().sql("drop function claiming cascade; drop table claiming").update();
        }
    }

    @Test
    void aSuspectIsOneOfThoseUnderWay() {
        var limits = new Limits(null, 2);
        suspect(1);
        claim(2, limits);

        assertThat(claimSuspect(limits).records()).isEmpty();

        DB.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now() where id = 2")
                .update();
        assertThat(claimSuspect(limits).records()).extracting(ClaimedRecord::id).containsExactly(1L);
        assertThat(claim(10, limits).records()).isEmpty();
    }

    @Test
    void aSuspectIsOneOfThoseOfASecond() {
        var limits = new Limits(2.0, null);
        suspect(1);

        assertThat(claimSuspect(limits).records()).hasSize(1);
        lastFilled("1 hour");
        assertThat(claim(10, limits).records()).hasSize(1);

        suspect(3);
        assertThat(claimSuspect(limits).records()).isEmpty();
    }

    @Test
    void whatWasClaimedWithoutARateIsNotOwedOnceThereIsOne() {
        assertThat(claim(50, new Limits(null, 100)).records()).hasSize(50);

        lastFilled("1 second ago");

        assertThat(claim(10, new Limits(4.0, null)).records()).hasSize(4);
    }

    @Test
    void aDebtOfAnEarlierVersionIsForgiven() {
        claim(1, new Limits(4.0, null));
        DB.jdbc().sql("update flow_limit set tokens = -1000000").update();

        lastFilled("1 second ago");

        assertThat(claim(10, new Limits(4.0, null)).records()).hasSize(4);
    }

    // In an hour: nothing comes in however slow the test is.
    private static void lastFilled(String when) {
        DB.jdbc()
                .sql("update flow_limit set refilled_at = clock_timestamp() + cast(:time as interval)")
                .param("time", when)
                .update();
    }

    private static void suspect(long id) {
        DB.jdbc()
                .sql("update processing_queue set crash_count = 2 where id = :id")
                .param("id", id)
                .update();
    }

    private Claim claimSuspect(Limits limits) {
        return claims.claimSuspect(UUID.randomUUID(), "a", "f", "f", limits);
    }

    private Claim claim(int limit, Limits limits) {
        return claims.claim(
                new ClaimRequest(UUID.randomUUID(), "a", "f", limit, 1_000_000, null, Partition.ALL), limits);
    }
}
