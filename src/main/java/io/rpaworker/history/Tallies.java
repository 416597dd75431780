package io.rpaworker.history;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** What this process has settled since it last told rpa_db. */
@Component
public class Tallies {

    private final Map<String, FlowTally> byFlow = new ConcurrentHashMap<>();

    /** Nothing yet. */
    public Tallies() {}

    /** Where one flow's attempts are added up; always the same for a flow. */
    public FlowTally of(String flow) {
        return byFlow.computeIfAbsent(flow, FlowTally::new);
    }

    /** What has been added up since the last time, by flow; empty if nothing has. */
    List<Addition> take() {
        return byFlow.values().stream()
                .map(FlowTally::take)
                .flatMap(Optional::stream)
                .toList();
    }
}
