package io.rpaworker.worker;

import io.rpaworker.worker.Breaker.Trial;
import java.util.List;

/** The sources of one flow; other flows may read some of them as well. */
final class FlowSources {

    private final List<Breaker> breakers;

    FlowSources(List<Breaker> breakers) {
        this.breakers = List.copyOf(breakers);
    }

    /** Asks how much may be claimed; probes the sources that are due. */
    Permit ask() {
        List<Permit> permits = breakers.stream().map(Breaker::ask).toList();
        List<Trial> trials =
                permits.stream().flatMap(it -> it.trials().stream()).toList();
        if (permits.contains(Permit.NOTHING)) {
            // Somebody else may try those that answer.
            trials.forEach(Trial::end);
            return Permit.NOTHING;
        }
        return trials.isEmpty() ? Permit.BATCHES : Permit.forOneRecord(trials);
    }

    /** A record that was claimed with this permit has been handled, well or not. */
    void answered(Permit permit) {
        permit.trials().forEach(Trial::answered);
    }

    /** A record found a source not answering. */
    void trip(String why) {
        breakers.forEach(breaker -> breaker.trip(why));
    }

    /** Asks the sources themselves whether all of them answer. */
    boolean answer() {
        return breakers.stream().allMatch(Breaker::probe);
    }

    /** Whether the flow waits for one of them, and not for records. */
    boolean isAwaited() {
        return breakers.stream().anyMatch(Breaker::isAwaited);
    }
}
