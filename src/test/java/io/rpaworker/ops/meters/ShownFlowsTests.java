package io.rpaworker.ops.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.counts.StatusCounts;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShownFlowsTests {

    private final ShownFlows flows = new ShownFlows(3);

    @Test
    void showsTheOwnOnesAndThenTheLargest() {
        var counts = Map.of("own", records(0), "a", records(5), "b", records(7), "c", records(6));

        assertThat(flows.among(counts, Set.of("own"))).containsExactlyInAnyOrder("own", "b", "c");
    }

    @Test
    void showsAllOwnOnesHoweverMany() {
        var counts = Map.of("a", records(0), "b", records(0), "c", records(0), "d", records(0), "e", records(9));

        assertThat(flows.among(counts, Set.of("a", "b", "c", "d"))).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void ofTheSameSizeItShowsTheFirstByName() {
        var counts = new HashMap<String, StatusCounts>();
        IntStream.range(0, 1_000).forEach(i -> counts.put("f%03d".formatted(i), records(1)));

        assertThat(flows.among(counts, Set.of())).containsExactlyInAnyOrder("f000", "f001", "f002");
    }

    @Test
    void whatIsShownStaysUntilAnotherIsTwiceAsLarge() {
        flows.among(Map.of("a", records(10), "b", records(10), "c", records(10), "d", records(9)), Set.of());

        assertThat(flows.among(
                        Map.of("a", records(10), "b", records(10), "c", records(10), "d", records(20)), Set.of()))
                .containsExactlyInAnyOrder("a", "b", "c");
        assertThat(flows.among(
                        Map.of("a", records(10), "b", records(10), "c", records(10), "d", records(21)), Set.of()))
                .contains("d");
    }

    @Test
    void aFlowThatIsNamedLikeTheRestIsPartOfIt() {
        var counts = Map.of("_other", records(9), "a", records(5));

        assertThat(flows.among(counts, Set.of("_other"))).containsExactly("a");
    }

    private static StatusCounts records(long pending) {
        return new StatusCounts(pending, 0, 0, 0);
    }
}
