package io.rpaworker.surveyhub;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More calls than connections, as with the defaults. */
class SurveyHubTests {

    private static final int CONNECTIONS = 3;

    private final HikariDataSource pool = pool();
    private final SurveyHub surveyHub = new SurveyHub(pool, CONNECTIONS, Duration.ofSeconds(30));
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<Integer> answer = new CompletableFuture<>();

    private static HikariDataSource pool() {
        var pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:h2:mem:turns");
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setConnectionTimeout(500);
        return pool;
    }

    @AfterEach
    void close() {
        answer.complete(0);
        calls.close();
        pool.close();
    }

    @Test
    void waitingForAConnectionIsNoOutage() {
        List<CompletableFuture<Integer>> asked =
                Stream.generate(() -> supplyAsync(this::ask, calls)).limit(8).toList();
        assertThatThrownBy(() -> CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new))
                        .get(1, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);

        surveyHub.check();
        answer.complete(7);

        assertThat(asked)
                .allSatisfy(it ->
                        assertThat(it).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(7));
    }

    @Test
    void aCallThatIsInterruptedWaitsNoLonger() {
        surveyHub.check();
        Thread.startVirtualThread(this::ask);
        Thread.startVirtualThread(this::ask);
        Awaitility.await().until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 2);
        var waiting = new FutureTask<>(this::ask);
        Thread thread = Thread.startVirtualThread(waiting);

        thread.interrupt();

        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(InterruptedException.class);
    }

    // Holds its connection until there is an answer.
    private int ask() {
        return surveyHub
                .jdbc()
                .sql("select 1")
                .query((row, rowNumber) -> answer.join())
                .single();
    }
}
