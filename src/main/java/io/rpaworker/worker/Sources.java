package io.rpaworker.worker;

import io.rpaworker.handler.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.stereotype.Component;

/** One breaker for each source, shared by the flows that read it. */
@Component
public class Sources {

    private final ConcurrentMap<String, Breaker> breakers = new ConcurrentHashMap<>();

    Sources() {}

    /** The sources of a flow; one that names none gets one of its own, which its handler may find not answering. */
    FlowSources of(Flow<?, ?> flow) {
        var sources = flow.sources().isEmpty() ? List.of(new Source("flow:" + flow.name(), () -> {})) : flow.sources();
        return new FlowSources(sources.stream()
                .map(source -> breakers.computeIfAbsent(source.name(), name -> new Breaker(source)))
                .toList());
    }

    /** The sources that do not answer, and why; empty while all is well. */
    public Map<String, String> unavailable() {
        var unavailable = new TreeMap<String, String>();
        breakers.values().forEach(breaker -> {
            String reason = breaker.reason();
            if (reason != null) {
                unavailable.put(breaker.name(), reason);
            }
        });
        return unavailable;
    }
}
