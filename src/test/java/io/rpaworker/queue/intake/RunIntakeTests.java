package io.rpaworker.queue.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.intake.RunIntake.Place;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RunIntakeTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Place PLACE = new Place("f", 1, null, 0, "#page:0");

    private final RunIntake intake = QueueParts.over(DB).part(RunIntake.class);

    private int add(String... keys) {
        return intake.add(
                PLACE, List.of(keys).stream().map(it -> NewRecord.of("{}", it)).toList());
    }

    // PostgreSQL would press letters that repeat into less, and only then look whether they fit.
    private static String key(int characters) {
        return new Random(characters)
                .ints(characters, 0x4e00, 0x9fff)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @Test
    void aKeyMayBeAsLongAsAnIndexHasRoomFor() {
        DB.emptyQueue();
        assertThat(add(key(666) + "ab")).isEqualTo(1);
    }

    @Test
    void whichKeyIsTooLongIsSaidAndNothingIsAdded() {
        DB.emptyQueue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> add("short", key(666) + "abc"))
                .withMessageStartingWith("Record 1: its key, '%.100s...".formatted(key(666)))
                .withMessageEndingWith("has 2,001 bytes, and may have 2,000");
        assertThat(DB.count("f", "pending")).isZero();
    }
}
