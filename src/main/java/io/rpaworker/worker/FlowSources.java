package io.rpaworker.worker;

import io.rpaworker.worker.Breaker.Permit;
import java.util.List;

/** The sources of one flow; other flows may read some of them as well. */
final class FlowSources {

    private final List<Breaker> breakers;

    FlowSources(List<Breaker> breakers) {
        this.breakers = List.copyOf(breakers);
    }

    /** Asks how much may be claimed; probes the sources that are due. */
    Permit ask() {
        return breakers.stream().map(Breaker::ask).min(Permit::compareTo).orElse(Permit.BATCHES);
    }

    /** The permit was not used. */
    void unused() {
        breakers.forEach(Breaker::unused);
    }

    /** A record has been handled, well or not. */
    void answered() {
        breakers.forEach(Breaker::answered);
    }

    /** A record found a source not answering. */
    void trip(String why) {
        breakers.forEach(breaker -> breaker.trip(why));
    }

    /** Asks the sources themselves whether all of them answer. */
    boolean answer() {
        return breakers.stream().allMatch(Breaker::probe);
    }

    /** Whether one of them does not answer, as far as is known. */
    boolean isAwaited() {
        return breakers.stream().anyMatch(it -> it.reason() != null);
    }
}
