package io.rpaworker.ops;

import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.queue.run.RunsLook.OpenRun;
import io.rpaworker.queue.run.RunsLook.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs as they were a moment ago.
 *
 * @param own flows that have runs and that this process runs
 * @param seen of all flows
 * @param sinceEnd how long ago records of flows with open runs last ended; of which none has of late, it is absent
 */
public record RunsSnapshot(Set<String> own, Seen seen, Map<String, Duration> sinceEnd) {

    /** No runs. */
    public static final RunsSnapshot NONE = new RunsSnapshot(Set.of(), Seen.NOTHING, Map.of());

    /**
     * How long no run of a flow has got on: no page was added, no record has ended, nothing that is done once at the
     * end. Zero if none is open, or all wait for others. A page that is read again and again, or waits, does not count.
     */
    public Duration stalled(String flow) {
        Duration step = seen.open().stream()
                .filter(it -> it.flow().equals(flow) && it.state() != RunState.QUEUED)
                .map(OpenRun::sinceStep)
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        return shorter(shorter(step, sinceEnd.get(flow)), sinceEnd.get(flow + RunPart.END));
    }

    private static Duration shorter(Duration one, @Nullable Duration other) {
        return other != null && other.compareTo(one) < 0 ? other : one;
    }
}
