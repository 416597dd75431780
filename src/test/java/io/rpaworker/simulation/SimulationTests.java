package io.rpaworker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.rpaworker.simulation.Figures.Figure;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Every promise about records while three replicas, a Python worker and a producer are cut off, paused and killed
 * between any two statements. {@code -Drpa.simulation.steps} says how many statements, {@code -Drpa.simulation.seed}
 * which run of them.
 */
class SimulationTests {

    private static final int RUNS = 4;
    private static final int SHORT = 2_500;
    private static final int STEPS = Integer.getInteger("rpa.simulation.steps", 20_000);

    // Faults are what is tried here: nobody need read of each.
    private static final List<Logger> TALKATIVE = List.of(
            (Logger) LoggerFactory.getLogger("io.rpaworker"), (Logger) LoggerFactory.getLogger("org.springframework"));

    @BeforeAll
    static void silence() {
        TALKATIVE.forEach(it -> it.setLevel(Level.OFF));
    }

    @AfterAll
    static void speak() {
        TALKATIVE.forEach(it -> it.setLevel(null));
    }

    static LongStream seeds() {
        Long asked = Long.getLong("rpa.simulation.seed");
        return asked == null ? LongStream.rangeClosed(1, RUNS) : LongStream.of(asked);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsLostNorDoneTwice(long seed) {
        int steps = (int) (STEPS / seeds().count());
        try (var simulation = new Simulation(seed)) {
            long started = System.nanoTime();
            var multisets = simulation.run(steps);
            Figures figures = simulation.figures();
            System.out.printf(
                    "SIMULATION seed=%d %s %s millis=%d%n",
                    seed, figures, multisets, (System.nanoTime() - started) / 1_000_000);
            leastOf(steps)
                    .forEach((figure, least) -> assertThat(figures.of(figure))
                            .as("%s, seed %d", figure, seed)
                            .isGreaterThanOrEqualTo(least));
        }
    }

    // A run in which the faults did not hit proves nothing; of a short one that cannot be asked.
    private static Map<Figure, Integer> leastOf(int steps) {
        if (steps < SHORT) {
            return Map.of();
        }
        return Map.of(
                Figure.CRASHES, steps / 150,
                Figure.CRASHES_IN_TRANSACTION, steps / 500,
                Figure.LOST_ANSWERS, steps / 100,
                Figure.LOST_COMMITS, steps / 500,
                Figure.LATE, steps / 250,
                Figure.PAUSES, steps / 250,
                Figure.LOCK_WAITS, steps / 500,
                Figure.REJECTED_BY_FENCE, steps / 2_500,
                Figure.RECOVERED_FROM_DEAD, steps / 50,
                Figure.TERMS, steps / 500);
    }

    @Test
    void aSeedReplaysTheSameRun() {
        assertThat(hashOf(5)).isEqualTo(hashOf(5)).isNotEqualTo(hashOf(6));
    }

    private static String hashOf(long seed) {
        try (var simulation = new Simulation(seed)) {
            simulation.run(800);
            return simulation.hash();
        }
    }
}
