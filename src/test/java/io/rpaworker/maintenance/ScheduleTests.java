package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int ROUNDS = 100;

    private Duration interval = Duration.ofSeconds(4);
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final Schedule schedule = new Schedule(() -> interval, now::get);

    @Test
    void isDueOnceAnIntervalAndNeverLater() {
        assertThat(LongStream.of(pauses(schedule)).boxed())
                .allSatisfy(pause -> assertThat(pause).isBetween(3 * SECOND, 4 * SECOND + SECOND / 100));
    }

    @Test
    void twoThatBeganTogetherDoNotStayInStep() {
        assertThat(pauses(schedule)).isNotEqualTo(pauses(new Schedule(() -> interval, now::get)));
    }

    @Test
    void isDueAtOnceWhenThereIsMoreToDo() {
        now.addAndGet(4 * SECOND);
        assertThat(schedule.isDue()).isTrue();
        assertThat(schedule.isDue()).isFalse();

        schedule.hurry();

        assertThat(schedule.isDue()).isTrue();
        assertThat(schedule.isDue()).isFalse();
    }

    @Test
    void isDueAtOnceWhenItsIntervalHasBecomeAnother() {
        waited(schedule);

        interval = Duration.ofSeconds(1);
        assertThat(schedule.isDue()).isTrue();
        assertThat(waited(schedule)).isLessThanOrEqualTo(SECOND + SECOND / 100);

        interval = Duration.ofSeconds(4);
        assertThat(schedule.isDue()).isTrue();
        assertThat(waited(schedule)).isGreaterThanOrEqualTo(3 * SECOND);
    }

    private long[] pauses(Schedule some) {
        waited(some);
        return LongStream.generate(() -> waited(some)).limit(ROUNDS).toArray();
    }

    private long waited(Schedule some) {
        long before = now.get();
        while (!some.isDue()) {
            now.addAndGet(SECOND / 100);
        }
        return now.get() - before;
    }
}
