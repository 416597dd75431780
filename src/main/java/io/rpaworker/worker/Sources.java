package io.rpaworker.worker;

import io.rpaworker.handler.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.stereotype.Component;

/** One breaker for each source, shared by the flows that read it, and one for what each flow writes. */
@Component
public class Sources {

    private final ConcurrentMap<String, Breaker> breakers = new ConcurrentHashMap<>();

    Sources() {}

    /**
     * What a flow depends on. One that names no source gets one of its own, which its handler may find not answering;
     * each has one for what it writes, which the poll's own statements probe well enough.
     */
    FlowSources of(Flow<?, ?> flow) {
        var sources = flow.sources().isEmpty() ? List.of(new Source("flow:" + flow.name(), () -> {})) : flow.sources();
        return new FlowSources(
                sources.stream().map(this::breaker).toList(), breaker(new Source("rpaDb:" + flow.name(), () -> {})));
    }

    private Breaker breaker(Source source) {
        return breakers.computeIfAbsent(source.name(), name -> new Breaker(source));
    }

    /** The sources that flows wait for, and why; empty while all is well. */
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
