package io.rpaworker.breaker;

import io.rpaworker.handler.Source;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** One breaker for each source, shared by the flows that read it, and one for what each flow writes. */
@Component
public class CircuitBreakers {

    private final ConcurrentMap<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    private final LongSupplier nanoTime;

    /** None yet; measures time by the monotonic clock. */
    @Autowired
    public CircuitBreakers() {
        this(System::nanoTime);
    }

    /** None yet; measures time by another clock. */
    public CircuitBreakers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What a flow depends on. One that names no source gets one of its own, which its handler may find not answering;
     * each has one for what it writes, which the poll's own statements probe well enough.
     */
    public FlowBreakers of(String flow, List<Source> sources) {
        return new FlowBreakers(read(flow, sources).stream().map(this::breaker).toList(), breaker(written(flow)));
    }

    private static List<Source> read(String flow, List<Source> sources) {
        return sources.isEmpty() ? List.of(new Source("flow:" + flow, () -> {})) : sources;
    }

    private static Source written(String flow) {
        return new Source("rpaDb:" + flow, () -> {});
    }

    private CircuitBreaker breaker(Source source) {
        return breakers.computeIfAbsent(source.name(), name -> new CircuitBreaker(source, nanoTime));
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
