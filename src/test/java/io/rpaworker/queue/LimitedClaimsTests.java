package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.LimitedClaims.Limits;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

class LimitedClaimsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final LimitedClaims claims = new LimitedClaims(
            DB.jdbc(), new TransactionTemplate(new JdbcTransactionManager(DB.dataSource())), new Claims(DB.jdbc()));

    @BeforeEach
    void empty() {
        DB.jdbc()
                .sql("truncate processing_queue, processing_claim, worker_instance, flow_limit restart identity")
                .update();
        DB.insertReplica("a");
        DB.insertPending("f", 100);
    }

    @Test
    void neverMoreUnderWayThanAllowedHoweverManyClaimAtOnce() {
        var limits = new Limits(null, 7);

        int claimed =
                IntStream.range(0, 8)
                        .mapToObj(n ->
                                supplyAsync(() -> claim(3, limits).records().size()))
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

        new Settlements(DB.jdbc(), JsonMapper.shared()).release(first.id(), List.of(1L, 2L));

        assertThat(claim(10, limits).records()).hasSize(2);
    }

    @Test
    void noMorePerSecondThanAllowed() {
        var limits = new Limits(4.0, null);

        assertThat(claim(10, limits).records()).hasSize(4);
        assertThat(claim(10, limits).records()).isEmpty();

        DB.jdbc()
                .sql("update flow_limit set refilled_at = refilled_at - interval '500 ms'")
                .update();
        assertThat(claim(10, limits).records()).hasSizeBetween(2, 3);

        DB.jdbc()
                .sql("update flow_limit set refilled_at = refilled_at - interval '1 hour'")
                .update();
        assertThat(claim(10, limits).records()).hasSize(4);
    }

    private Claim claim(int limit, Limits limits) {
        return claims.claim(
                new ClaimRequest(UUID.randomUUID(), "a", "f", limit, 1_000_000, null, Partition.ALL), limits);
    }
}
