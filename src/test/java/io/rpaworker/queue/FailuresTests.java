package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FailuresTests {

    private static final RpaDb DB = Postgres.migrated();

    private static final Failure BROKEN =
            new Failure("broken", FailureKind.ERROR, "abc", Duration.ofMinutes(5), Duration.ZERO);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();
    private final Failures failures = queue.failures();

    @Test
    void failureIsDatedAndCountsAnAttempt() {
        Claim claim = claimed(2);

        failTwo(claim, new Failure("no such survey", FailureKind.REJECTED, "def", null, Duration.ZERO));

        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.column(1, "error_message", String.class)).isEqualTo("broken");
        assertThat(DB.column(1, "next_retry_at > now() + interval '4 minutes'", Boolean.class))
                .isTrue();
        assertThat(DB.column(2, "failure_kind", String.class)).isEqualTo("rejected");
        assertThat(DB.nullableColumn(2, "next_retry_at", OffsetDateTime.class)).isNull();
    }

    @Test
    void whatFailsByItselfIsASuspectNoLongerButWhatHangsIs() {
        Claim claim = claimed(2);
        DB.jdbc().sql("update processing_queue set crash_count = 2").update();

        failTwo(claim, new Failure("took too long", FailureKind.TIMEOUT, "def", Duration.ofMinutes(5), Duration.ZERO));

        assertThat(DB.column(1, "crash_count", Integer.class)).isZero();
        assertThat(DB.column(2, "crash_count", Integer.class)).isEqualTo(2);
    }

    @Test
    void findsOutWhatAStatementWithoutAnAnswerHasFailed() {
        Claim claim = claimed(4);
        failures.fail(claim.id(), "test.Handler", Map.of(1L, BROKEN));
        queue.completions().complete(claim.id(), List.of(2L), Map.of());
        queue.releases().release(claim.id(), List.of(3L));

        assertThat(failures.failed(claim.id(), List.of(1L, 2L, 3L, 4L))).containsExactly(1L);
    }

    @Test
    void waitsForWhatIsFailedAtThisMoment() {
        Claim claim = claimed(1);

        CompletableFuture<Set<Long>> found =
                Objects.requireNonNull(queue.transaction().execute(status -> {
                    failures.fail(claim.id(), "test.Handler", Map.of(1L, BROKEN));
                    CompletableFuture<Set<Long>> waiting = supplyAsync(() -> failures.failed(claim.id(), List.of(1L)));
                    DB.awaitWaiter();
                    return waiting;
                }));

        assertThat(found).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Set.of(1L));
    }

    private Claim claimed(int records) {
        DB.insertPending("f", records);
        return fleet.claimed("a", records);
    }

    private void failTwo(Claim claim, Failure ofTheSecond) {
        failures.fail(claim.id(), "test.Handler", Map.of(1L, BROKEN, 2L, ofTheSecond));
    }
}
