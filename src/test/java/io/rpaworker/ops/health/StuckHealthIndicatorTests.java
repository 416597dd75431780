package io.rpaworker.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.worker.FlowState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StuckHealthIndicatorTests {

    @Test
    void allIsWellWhileAnySlotIsLeft() {
        assertThat(StuckHealthIndicator.problems(List.of())).isEmpty();
        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 2, false)))).isEmpty();
        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 2, true), flow("g", 2, true))))
                .isEmpty();
    }

    @Test
    void theOnlyFlowWithoutAnySlotLeftIsAProblem() {
        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 3, false))))
                .containsExactly("All 3 slots of flow f are stuck");
    }

    @Test
    void oneFlowOfSeveralIsNoReasonToRestartTheOthersUnlessItSaysSo() {
        FlowState well = flow("g", 0, false);

        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 3, false), well)))
                .isEmpty();
        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 3, true), well)))
                .containsExactly("All 3 slots of flow f are stuck");
    }

    @Test
    void allFlowsWithoutAnySlotLeftAreAProblem() {
        assertThat(StuckHealthIndicator.problems(List.of(flow("f", 3, false), flow("g", 3, false))))
                .containsExactly("All slots of all 2 flows are stuck");
    }

    private static FlowState flow(String name, int stuck, boolean restartWhenStuck) {
        return new FlowState(
                name,
                new HandledBy("H", null, null),
                3,
                3 - stuck,
                stuck,
                Duration.ZERO,
                List.of(),
                restartWhenStuck,
                List.of());
    }
}
