package io.rpaworker.ops.diagnosis;

import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Whether rpa_db answers in time. */
@Component
class ResponseTimeCheck implements Check {

    static final Kind SLOW = Kind.warning("slow-database");
    static final Kind VERY_SLOW = Kind.critical("very-slow-database");

    private final DiagnosisProperties properties;

    ResponseTimeCheck(DiagnosisProperties properties) {
        this.properties = properties;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.responseTime().filter(it -> it.compareTo(properties.slowAfter()) > 0).stream()
                .map(this::finding)
                .toList();
    }

    private Finding finding(Duration took) {
        return (took.compareTo(properties.verySlowAfter()) > 0 ? VERY_SLOW : SLOW)
                .found(
                        "rpa_db took %d ms to answer select 1".formatted(took.toMillis()),
                        "Look whether a connection was hard to get (pool-busy), at the server's load and at the network:"
                                + " select * from pg_stat_activity where state = 'active'.")
                .with("response_time_ms", took.toMillis());
    }
}
