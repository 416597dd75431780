package io.rpaworker.ops;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.HandledBy;
import io.rpaworker.worker.FlowState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StuckHealthIndicatorTests {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration TOO_LONG = LIMIT.plusSeconds(1);

    @Test
    void allIsWellWhileEverythingComesRound() {
        assertThat(problems(flow(3, 0, ZERO, true), ZERO)).isEmpty();
        assertThat(problems(flow(1, 2, LIMIT, true), LIMIT)).isEmpty();
    }

    @Test
    void onlyAFlowWithoutAnySlotLeftIsAProblem() {
        assertThat(problems(flow(0, 3, ZERO, true), ZERO)).containsExactly("All 3 slots of flow f are stuck");
    }

    @Test
    void aHeartbeatThatHasStoppedIsAProblem() {
        assertThat(problems(flow(0, 0, ZERO, true), TOO_LONG)).containsExactly("The heartbeat is overdue by PT5M1S");
    }

    @Test
    void aPollThatHasStoppedIsAProblem() {
        assertThat(problems(flow(0, 0, TOO_LONG, true), ZERO))
                .containsExactly("The poll of flow f is overdue by PT5M1S");
    }

    @Test
    void aLoopThatHasEndedIsAProblemAtOnce() {
        assertThat(problems(flow(0, 0, ZERO, false), ZERO)).containsExactly("A loop of flow f has ended");
    }

    private static List<String> problems(FlowState flow, Duration heartbeatOverdue) {
        return StuckHealthIndicator.problems(List.of(flow), heartbeatOverdue, LIMIT);
    }

    private static FlowState flow(int busy, int stuck, Duration pollOverdue, boolean intact) {
        return new FlowState(
                "f", new HandledBy("H", null, null), 3, busy, stuck, pollOverdue, pollOverdue, intact, List.of());
    }
}
