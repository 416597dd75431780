package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A statement that settles changes nothing of a record that is no longer its claim's. */
class FenceTests {

    private static final RpaDb DB = Postgres.migrated();

    private static final Failure BROKEN = new Failure("x", FailureKind.ERROR, null, null, Duration.ZERO);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();

    static Stream<BiFunction<QueueParts, UUID, Set<Long>>> settling() {
        return Stream.of(
                (queue, claim) -> queue.completions()
                        .complete(claim, List.of(1L), Map.of())
                        .ids(),
                (queue, claim) -> queue.completions()
                        .complete(claim, List.of(1L), Map.of(1L, "1"))
                        .ids(),
                (queue, claim) -> queue.completions()
                        .completeAll(claim, List.of(1L), Map.of())
                        .ids(),
                (queue, claim) -> queue.completions()
                        .completeAll(claim, List.of(1L), Map.of(1L, "1"))
                        .ids(),
                (queue, claim) -> queue.failures().fail(claim, "test.Handler", Map.of(1L, BROKEN)),
                (queue, claim) -> queue.releases().release(claim, List.of(1L)),
                (queue, claim) -> queue.releases().postpone(claim, List.of(1L), Duration.ofSeconds(1)),
                (queue, claim) -> queue.releases().suspect(claim, List.of(1L)),
                (queue, claim) -> queue.releases().releaseWhole(claim));
    }

    @ParameterizedTest
    @MethodSource("settling")
    void nothingSettlesARecordThatAnotherReplicaHolds(BiFunction<QueueParts, UUID, Set<Long>> statement) {
        DB.insertPending("f", 1);
        Claim stale = fleet.claimed("a", 1);
        DB.jdbc().sql("update processing_queue set status = 'pending'").update();
        Claim current = fleet.claimed("b", 1);
        String before = DB.column(1, "processing_queue::text", String.class);

        assertThat(statement.apply(queue, stale.id())).isEmpty();

        assertThat(DB.column(1, "processing_queue::text", String.class)).isEqualTo(before);
        assertThat(statement.apply(queue, current.id())).containsExactly(1L);
    }

    @ParameterizedTest
    @MethodSource("settling")
    void nothingSettlesARecordThatIsNoLongerProcessing(BiFunction<QueueParts, UUID, Set<Long>> statement) {
        DB.insertPending("f", 1);
        Claim claim = fleet.claimed("a", 1);
        queue.completions().complete(claim.id(), List.of(1L), Map.of());
        String before = DB.column(1, "processing_queue::text", String.class);

        assertThat(statement.apply(queue, claim.id())).isEmpty();

        assertThat(DB.column(1, "processing_queue::text", String.class)).isEqualTo(before);
    }
}
