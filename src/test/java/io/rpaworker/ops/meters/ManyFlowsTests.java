package io.rpaworker.ops.meters;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.ops.Reader;
import io.rpaworker.ops.Scrape;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A producer has invented a hundred thousand flows. */
class ManyFlowsTests {

    private static final int FLOWS = 100_000;
    private static final int MEGABYTE = 1 << 20;

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER =
            TestWorker.on(DB).flow(Reader.FLOW).bean(new Reader()).start();

    @BeforeAll
    static void invent() {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select 'f' || i, '{}' from generate_series(1, :flows) i")
                .param("flows", FLOWS)
                .update();
        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '1 day' where id = :id")
                .param("id", FLOWS - 1)
                .update();
        DB.insertPending("large", 50);
        WORKER.bean(QueueSnapshots.class).count();
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    @Test
    void aScrapeShowsTheLargestAndTheSumsOfTheRest() {
        var scrape = Scrape.of(WORKER);

        assertThat(size(Management.get(WORKER, "/actuator/prometheus"))).isLessThan(2 * MEGABYTE);
        assertThat(scrape.ours().stream().filter(it -> it.name().equals("rpa_queue_oldest_age_seconds")))
                .hasSize(201);
        assertThat(depth(scrape, Reader.FLOW)).isZero();
        assertThat(depth(scrape, "large")).isEqualTo(50);
        assertThat(depth(scrape, "_other")).isEqualTo(FLOWS - 198);
        assertThat(scrape.value("rpa_queue_oldest_age_seconds", "flow", "_other"))
                .isGreaterThanOrEqualTo(86_400);
    }

    @Test
    void whoAsksIsToldOfAllAlsoManyAtOnce() {
        try (var callers = Executors.newFixedThreadPool(4)) {
            List<CompletableFuture<Answer>> asked = Stream.generate(
                            () -> supplyAsync(() -> Management.get(WORKER, "/actuator/queue"), callers))
                    .limit(4)
                    .toList();

            assertThat(asked).extracting(CompletableFuture::join).allSatisfy(it -> {
                assertThat(it.status()).isEqualTo(200);
                assertThat(size(it)).isBetween(MEGABYTE, 12 * MEGABYTE);
            });
        }
        Answer last = Management.get(WORKER, "/actuator/queue");
        assertThat(last.at("/total_records").asInt()).isEqualTo(FLOWS + 50);
        assertThat(last.at("/by_flow").size()).isEqualTo(FLOWS + 2);
        assertThat(last.at("/by_flow/large/pending").asInt()).isEqualTo(50);
    }

    @Test
    void healthStaysSmall() {
        assertThat(size(Management.get(WORKER, "/actuator/health"))).isLessThan(10_000);
    }

    private static int size(Answer answer) {
        return answer.body().getBytes(StandardCharsets.UTF_8).length;
    }

    private static double depth(Scrape scrape, String flow) {
        return scrape.value("rpa_queue_depth", "flow", flow, "status", "pending");
    }
}
