package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.worker.settling.ChunkBisection.Refused;
import io.rpaworker.worker.settling.ChunkBisection.Tried;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkBisectionTests {

    private final Throwable refusal = new IllegalArgumentException("refused");
    private final Throwable locked = new SQLException("lock timeout", "55P03");

    private final List<Integer> done = new ArrayList<>();
    private final AtomicInteger tries = new AtomicInteger();
    private boolean goesOn = true;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 499, 500})
    void theCulpritAloneIsRefusedWhereverItStands(int culprit) throws InterruptedException {
        List<Refused<Integer>> refused = run(500, Set.of(culprit), refusal);

        assertThat(refused).extracting(Refused::element).containsExactly(culprit);
        assertThat(refused).allMatch(Refused::own);
        assertThat(done).hasSize(499).doesNotContain(culprit);
        // Two for each of the nine halvings, and the first.
        assertThat(tries).hasValueLessThanOrEqualTo(19);
    }

    @Test
    void severalCulpritsAreFoundAndTheOthersDone() throws InterruptedException {
        List<Refused<Integer>> refused = run(64, Set.of(5, 6, 60), refusal);

        assertThat(refused).extracting(Refused::element).containsExactly(5, 6, 60);
        assertThat(done).hasSize(61);
    }

    @Test
    void anOutageIsTriedAgainAndDividesNothing() throws InterruptedException {
        List<Integer> sizes = new ArrayList<>();
        List<Refused<Integer>> refused = bisection(part -> {
                    sizes.add(part.size());
                    return tries.incrementAndGet() < 10 ? new Tried<>(part, locked) : done(part);
                })
                .run(elements(8));

        assertThat(refused).isEmpty();
        assertThat(done).hasSize(8);
        assertThat(sizes).hasSize(10).containsOnly(8);
    }

    @Test
    void whatDoesNotPassMayBeOneElementsAndIsNotItsFault() throws InterruptedException {
        List<Refused<Integer>> refused = run(64, Set.of(33), locked);

        assertThat(refused).extracting(Refused::element).containsExactly(33);
        assertThat(refused).noneMatch(Refused::own);
        assertThat(done).hasSize(63);
    }

    @Test
    void whatDoesNotPassForAnyIsGivenUpBeforeEachWasTried() throws InterruptedException {
        List<Refused<Integer>> refused = run(512, Set.copyOf(elements(512)), locked);

        assertThat(refused).hasSize(512).noneMatch(Refused::own);
        assertThat(tries).hasValueLessThan(40);
    }

    @Test
    void whatIsDoneThoughTheTryFailedIsNotTriedAgain() throws InterruptedException {
        List<Refused<Integer>> refused = bisection(part -> {
                    if (tries.incrementAndGet() == 1) {
                        done.addAll(part.subList(0, 3));
                        return new Tried<>(part.subList(3, part.size()), locked);
                    }
                    return done(part);
                })
                .run(elements(8));

        assertThat(refused).isEmpty();
        assertThat(done).containsExactlyElementsOf(elements(8));
    }

    @Test
    void nothingIsTriedOnceItMayNotGoOn() throws InterruptedException {
        List<Refused<Integer>> refused = bisection(part -> {
                    tries.incrementAndGet();
                    goesOn = false;
                    return new Tried<>(part, refusal);
                })
                .run(elements(8));

        assertThat(refused).isEmpty();
        assertThat(tries).hasValue(1);
    }

    private List<Refused<Integer>> run(int size, Set<Integer> culprits, Throwable failure) throws InterruptedException {
        return bisection(part -> {
                    tries.incrementAndGet();
                    return part.stream().anyMatch(culprits::contains) ? new Tried<>(part, failure) : done(part);
                })
                .run(elements(size));
    }

    private ChunkBisection<Integer> bisection(ChunkBisection.Attempt<Integer> attempt) {
        return new ChunkBisection<>("f", ClaimedRecords.FAILURES, () -> goesOn, Duration.ZERO, attempt);
    }

    private Tried<Integer> done(List<Integer> part) {
        done.addAll(part);
        return new Tried<>(List.of(), null);
    }

    private static List<Integer> elements(int size) {
        return IntStream.rangeClosed(1, size).boxed().toList();
    }
}
