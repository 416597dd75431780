package io.rpaworker.maintenance;

import io.rpaworker.queue.counts.QueueRecount.Difference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What this process found when it last compared the totals with the table; another replica may have done so since. */
@Component
public class LastTotals {

    private volatile @Nullable Result last;

    LastTotals() {}

    /**
     * A comparison.
     *
     * @param flows whose totals were wrong
     * @param records by how many in all, too high or too low
     * @param atNanos {@link System#nanoTime} by then
     */
    public record Result(int flows, long records, long atNanos) {

        /** How long ago it was. */
        public Duration age() {
            return Duration.ofNanos(System.nanoTime() - atNanos);
        }
    }

    void keep(List<Difference> mended) {
        long records = mended.stream().mapToLong(it -> Math.abs(it.surplus())).sum();
        last = new Result(mended.size(), records, System.nanoTime());
    }

    /** The last one; empty if this process has made none. */
    public Optional<Result> last() {
        return Optional.ofNullable(last);
    }
}
