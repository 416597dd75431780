package io.rpaworker.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.worker.FlowState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StuckHealthIndicatorTests {

    private static final Duration STALLED_AFTER = Duration.ofMinutes(5);

    @Test
    void allIsWellWhileAnySlotIsLeft() {
        assertThat(problems(List.of())).isEmpty();
        assertThat(problems(List.of(flow("f", 2, false)))).isEmpty();
        assertThat(problems(List.of(flow("f", 2, true), flow("g", 2, true)))).isEmpty();
    }

    @Test
    void theOnlyFlowWithoutAnySlotLeftIsAProblem() {
        assertThat(problems(List.of(flow("f", 3, false)))).containsExactly("All 3 slots of flow f are stuck");
    }

    @Test
    void oneFlowOfSeveralIsNoReasonToRestartTheOthersUnlessItSaysSo() {
        FlowState well = flow("g", 0, false);

        assertThat(problems(List.of(flow("f", 3, false), well))).isEmpty();
        assertThat(problems(List.of(flow("f", 3, true), well))).containsExactly("All 3 slots of flow f are stuck");
    }

    @Test
    void allFlowsWithoutAnySlotLeftAreAProblem() {
        assertThat(problems(List.of(flow("f", 3, false), flow("g", 3, false))))
                .containsExactly("All slots of all 2 flows are stuck");
    }

    @Test
    void aWriteThatGoesOnIsAsAllSlots() {
        Duration longer = STALLED_AFTER.plusSeconds(1);
        FlowState well = flow("g", 0, false);

        assertThat(problems(List.of(writing("f", STALLED_AFTER, true)))).isEmpty();
        assertThat(problems(List.of(writing("f", longer, false))))
                .containsExactly("A write, a probe or a rule of flow f has gone on for 5 min 1 s");
        assertThat(problems(List.of(writing("f", longer, false), well))).isEmpty();
        assertThat(problems(List.of(writing("f", longer, true), well))).hasSize(1);
        assertThat(problems(List.of(writing("f", longer, false), flow("g", 3, false))))
                .containsExactly("All slots of all 2 flows are stuck");
    }

    private static FlowState flow(String name, int stuck, boolean restartWhenStuck) {
        return new FlowState(
                name,
                new HandledBy("H", null, null, null),
                3,
                3 - stuck,
                stuck,
                Duration.ZERO,
                List.of(),
                restartWhenStuck,
                Duration.ZERO,
                List.of());
    }

    private static FlowState writing(String name, Duration lentFor, boolean restartWhenStuck) {
        return new FlowState(
                name,
                new HandledBy("H", null, null, null),
                3,
                0,
                0,
                Duration.ZERO,
                List.of(),
                restartWhenStuck,
                lentFor,
                List.of());
    }

    private static List<String> problems(List<FlowState> flows) {
        return StuckHealthIndicator.problems(flows, STALLED_AFTER);
    }
}
