package io.rpaworker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.run.RunStorm.Verdict;
import io.rpaworker.testing.Postgres;
import org.junit.jupiter.api.Test;

/** With {@code storm.runs} as many runs as it says. */
class RunStormTests {

    @Test
    void whateverHappensToRunsEachRoundEndsOnceAndAfterAllItsRecords() {
        int runs = Integer.getInteger("storm.runs", 100);
        var storm = new RunStorm(Postgres.migrated());
        long began = System.nanoTime();
        Verdict verdict = storm.of(runs);
        System.out.printf(
                "STORM %s, %d orders, %d s%n", verdict, storm.orders(), (System.nanoTime() - began) / 1_000_000_000);
        assertThat(storm.problems()).isEmpty();
        assertThat(verdict).as(() -> String.join("\n", storm.story())).isEqualTo(verdict.faultless());
        assertThat(verdict.rounds()).isGreaterThan(1);
        assertThat(storm.orders()).isPositive();
    }
}
